// The batch page's sound: each change of a desk's signal has its own. Browsers play none before somebody asked for it.
const button = document.querySelector("[data-card-sound]");
const tones = { done: [880, 1320], wrong: [220, 220, 220], busy: [520], away: [330, 220] };
let sound = null;

function play(signal) {
  (tones[signal] ?? []).forEach((pitch, index) => {
    const tone = sound.createOscillator();
    const level = sound.createGain();
    const at = sound.currentTime + index * 0.16;
    tone.frequency.value = pitch;
    level.gain.setValueAtTime(0.12, at);
    level.gain.exponentialRampToValueAtTime(0.001, at + 0.14);
    tone.connect(level).connect(sound.destination);
    tone.start(at);
    tone.stop(at + 0.15);
  });
}

const signals = () => Array.from(document.querySelectorAll("[data-signal]"), (desk) => desk.dataset.signal);
let before = signals();

document.addEventListener("nintei:content", () => {
  const now = signals();
  if (sound) now.forEach((signal, index) => signal !== before[index] && play(signal));
  before = now;
});

if (button && window.AudioContext) {
  button.hidden = false;
  button.addEventListener("click", () => {
    const on = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", String(on));
    if (sound) sound.close();
    sound = on ? new AudioContext() : null;
    if (on) play("done");
  });
}
