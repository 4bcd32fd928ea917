#!/bin/sh
# A machine that has never seen Nintei: a Debian with nothing but Python and make, in a folder, made from this machine's own
# package sources. The last commit is cloned into it and a command runs there; then what it had to install, what it could
# not run and how long it took are said by name.
#
#   sh scripts/fresh-machine.sh [--user] [--packages] [--renew] [--keep] [COMMAND ...]        (make test)
#
#   --user       as somebody who is not root and cannot become root
#   --packages   an administrator has installed the packages of scripts/system-packages.sh before
#   --renew      make the empty Debian anew (it is kept in NINTEI_FRESH, by default /var/tmp/nintei-fresh)
#   --keep       leave the machine's folder there, to look into it
#
# Needs root, debootstrap and unshare. How this machine reaches Debian, PyPI and npm is passed on: sources, proxies,
# certificates, and the configuration of apt, pip and npm.
set -eu
cd "$(dirname "$0")/.."
as=root packages= renew= keep=
while [ $# -gt 0 ]; do
    case $1 in
    --user) as=builder ;;
    --packages) packages=yes ;;
    --renew) renew=yes ;;
    --keep) keep=yes ;;
    --help | -h) sed -n '2,/^set -eu/{/^set/d;s/^# \{0,1\}//;p}' "$0" && exit 0 ;;
    *) break ;;
    esac
    shift
done
[ $# -gt 0 ] || set -- make test
[ "$(id -u)" = 0 ] || { echo "This makes a machine in a folder and needs root." >&2; exit 1; }
for program in debootstrap unshare git; do
    command -v $program >/dev/null || { echo "Missing: $program (apt-get install $program)" >&2; exit 1; }
done

place=${NINTEI_FRESH:-/var/tmp/nintei-fresh}
codename=$(. /etc/os-release && echo "$VERSION_CODENAME")
base=$place/base-$codename
mkdir -p "$place"
sources=$(apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' "Created-By: Packages" |
    awk -v name="$codename" '$2 ~ "^" name && $3 == "main"' | sort -u)
mirror=$(echo "$sources" | awk -v name="$codename" '$2 == name {print $1; exit}')
[ -n "$mirror" ] || { echo "This machine has no package source of $codename" >&2; exit 1; }

[ -z "$renew" ] || rm -rf "$base"
if [ ! -e "$base/.made" ]; then
    echo "Making an empty Debian ($codename) ..."
    rm -rf "$base"
    debootstrap --variant=minbase --include=ca-certificates,python3,python3-venv,make "$codename" "$base" "$mirror" \
        > "$place/debootstrap.log" 2>&1 || { tail -n 5 "$place/debootstrap.log" >&2; exit 1; }
    echo "$sources" | sed 's/^/deb /' > "$base/etc/apt/sources.list"
    chroot "$base" useradd --create-home --shell /bin/sh builder
    touch "$base/.made"
fi

machine=$(mktemp -d "$place/machine-XXXXXX")
leave() { [ -n "$keep" ] && echo "The machine is in $machine" || rm -rf "$machine"; }
trap leave EXIT
trap 'exit 130' INT TERM
cp -a "$base/." "$machine"

# How packages are reached from here. What apt does besides (hooks of programs that are not there) stays here.
apt-config dump | grep '^Acquire::' > "$machine/etc/apt/apt.conf.d/99passed-on" || true
for file in /etc/resolv.conf /etc/hosts /etc/ssl/certs/ca-certificates.crt /etc/pip.conf /etc/xdg/pip /etc/npmrc /usr/etc/npmrc; do
    [ -e "$file" ] || continue
    mkdir -p "$machine$(dirname "$file")"
    cp -aL "$file" "$machine$(dirname "$file")/"
done
for file in .config/pip .pip .npmrc; do
    [ -e "$HOME/$file" ] || continue
    for home in root home/builder; do
        mkdir -p "$machine/$home/$(dirname "$file")"
        cp -aL "$HOME/$file" "$machine/$home/$(dirname "$file")/"
    done
done

home=/root
[ $as = root ] || home=/home/builder
git clone --quiet --no-hardlinks . "$machine$home/nintei"
[ -z "$(git status --porcelain)" ] || echo "Not committed, so not in the clone: $(git status --porcelain | wc -l) files"
chroot "$machine" chown -R builder: /home/builder

# A namespace of its own: whatever is left running there ends with it, and so do its mounts.
inside() {
    who=$1
    shift
    # shellcheck disable=SC2046,SC2016  # names of variables have no spaces; the inner shell expands
    env -i $(env | grep -E '^((https?|no|all)_proxy|(HTTPS?|NO|ALL)_PROXY|PIP_[A-Z_]+|npm_config_[a-z_]+|CI)=' | tr '\n' ' ') \
        $(env | grep -E '^[A-Z_]+=/etc/ssl/[^ ]*$' | tr '\n' ' ') \
        PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 TERM=dumb \
        unshare --mount --pid --fork --kill-child --mount-proc="$machine/proc" sh -c '
            machine=$1 who=$2
            shift 2
            mount --rbind /dev "$machine/dev" && mount -t tmpfs tmpfs "$machine/dev/shm" && chmod 1777 "$machine/dev/shm"
            mount --rbind /sys "$machine/sys" 2>/dev/null || true
            home=$(chroot "$machine" getent passwd "$who" | cut -d: -f6)
            tree=$(cd "$machine" && ls -d root/nintei home/builder/nintei 2>/dev/null | head -n 1)
            exec chroot "$machine" setpriv --reuid "$who" --regid "$who" --init-groups \
                env HOME="$home" USER="$who" sh -c "cd /$tree && exec \"\$@\"" sh "$@"
        ' sh "$machine" "$who" "$@"
}
installed() { chroot "$machine" dpkg-query -W -f '${Package}\n' | sort; }

if [ -n "$packages" ]; then
    inside root sh scripts/system-packages.sh
fi
installed > "$machine/.before"
log=$machine/.log
start=$(date +%s)
echo "As $as: $*"
code=0
{ inside $as "$@" 2>&1 < /dev/null || echo $? > "$machine/.code"; } | tee "$log"
[ ! -e "$machine/.code" ] || code=$(cat "$machine/.code")
[ -z "${NINTEI_FRESH_LOG:-}" ] || cp "$log" "$NINTEI_FRESH_LOG"

echo
echo "== A fresh machine ($codename, as $as): $* =="
echo "exit code $code after $(($(date +%s) - start)) s"
wanted=$(sed -n 's/^wanted="\(.*\)"$/\1/p' scripts/system-packages.sh | head -n 1)
installed > "$machine/.after"
# shellcheck disable=SC2086  # a list of names
echo "installed on the way: $(for name in $wanted git; do comm -13 "$machine/.before" "$machine/.after" | grep -x "$name"; done | tr '\n' ' ')"
# shellcheck disable=SC2086
echo "of what the tests use, not there: $(for name in $wanted; do grep -qx "$name" "$machine/.after" || echo "$name"; done | tr '\n' ' ')"
sed -n '/not run here/,/^=.* in .*=$/{/^[a-z]*: /s/^/not run: /p}' "$log"
exit "$code"
