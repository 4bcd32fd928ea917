"""Delivery reports as the servers of this world write them; people, addresses and machines are invented."""

from __future__ import annotations

WHOM = "tanaka@vendor.example"
OURS = "<2026-0003.review-2@nintei.example>"
_RETURNED = (
    "From: nintei@nintei.example\nTo: {whom}\nSubject: =?utf-8?b?6L+95Yqg6LOH5paZ?= 2026-0003\nMessage-ID: {ours}\n"
)


def standard(
    action: str = "failed", status: str = "5.1.1", text: str = "smtp; 550 5.1.1 user unknown", *,
    whom: str = WHOM, ours: str = OURS, original: str = "", more: str = "", number: int = 1,
    returned: str = "text/rfc822-headers", words: str = "This is the mail system at host mx.vendor.example.",
) -> bytes:  # fmt: skip
    """As Postfix, Exchange, Gmail and most others do: RFC 3464. `more`: groups of further recipients."""
    first = f"Original-Recipient: rfc822;{original}\n" if original else ""
    return (
        f"Return-Path: <>\nFrom: MAILER-DAEMON@mx.vendor.example (Mail Delivery System)\nTo: nintei@nintei.example\n"
        f"Subject: Undelivered Mail Returned to Sender\nMessage-ID: <bounce-{number}@mx.vendor.example>\n"
        f"Auto-Submitted: auto-replied\n"
        f'MIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary="b1"\n\n'
        f"--b1\nContent-Type: text/plain; charset=us-ascii\n\n{words}\n\n"
        f"--b1\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.vendor.example\n\n"
        f"{first}Final-Recipient: rfc822; {whom}\nAction: {action}\nStatus: {status}\nDiagnostic-Code: {text}\n{more}\n"
        f"--b1\nContent-Type: {returned}\n\n{_RETURNED.format(whom=whom, ours=ours)}"
        f"{chr(10) + 'Our own words.' if returned == 'message/rfc822' else ''}\n--b1--\n"
    ).encode()


def group(whom: str, action: str, status: str, text: str = "smtp; no") -> str:
    """One more recipient of a standard report."""
    return f"\nFinal-Recipient: rfc822; {whom}\nAction: {action}\nStatus: {status}\nDiagnostic-Code: {text}\n"


def in_words(
    subject: str, text: str, *, sender: str = "MAILER-DAEMON@mx.vendor.example", charset: str = "utf-8", **headers: str
) -> bytes:
    """A report in words alone."""
    more = "".join(f"{name.replace('_', '-')}: {value}\n" for name, value in headers.items())
    head = (
        f"From: {sender}\nTo: nintei@nintei.example\nMessage-ID: <words@mx.vendor.example>\n{more}MIME-Version: 1.0\n"
    )
    body = text.encode(charset)
    encoded = f"Subject: {subject}\n".encode(charset)
    return head.encode() + encoded + f"Content-Type: text/plain; charset={charset}\n\n".encode() + body


COPY = _RETURNED.format(whom=WHOM, ours=OURS)
# name → (mail, action, status, recipient)
WORDED: dict[str, tuple[bytes, str, str, str]] = {
    "qmail": (in_words("failure notice", f"""\
Hi. This is the qmail-send program at mx.vendor.example.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<{WHOM}>:
Sorry, no mailbox here by that name. vpopmail (#5.1.1)

--- Below this line is a copy of the message.

Return-Path: <nintei@nintei.example>
{COPY}
"""), "failed", "5.1.1", WHOM),
    "exim": (in_words("Mail delivery failed: returning message to sender", f"""\
This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  {WHOM}
    host mx.vendor.example [192.0.2.1]
    SMTP error from remote mail server after RCPT TO: 550 No such user here

------ This is a copy of the message, including all the headers. ------

{COPY}
""", X_Failed_Recipients=WHOM), "failed", "5.0.0", WHOM),
    "exim, delayed": (in_words("Warning: message 1abc delayed 24 hours", f"""\
A message that you sent has not yet been delivered to one or more of its
recipients after more than 24 hours on the queue on mx.vendor.example.
No action is required on your part. Delivery attempts will continue for some time.

  {WHOM}

Message-ID: {OURS}
"""), "delayed", "", WHOM),
    "sendmail, delayed": (in_words("Warning: could not send message for past 4 hours", f"""\
    **********************************************
    **      THIS IS A WARNING MESSAGE ONLY      **
    **  YOU DO NOT NEED TO RESEND YOUR MESSAGE  **
    **********************************************
   ----- Transcript of session follows -----
<{WHOM}>... Deferred: Connection timed out with mx.vendor.example. 4.4.1
Warning: message still undelivered after 4 hours. Will keep trying until message is 5 days old

   ----- Original message headers -----
{COPY}
"""), "delayed", "4.4.1", WHOM),
    "a mobile carrier": (in_words("Mail System Error - Returned Mail", f"""
The user(s) account is disabled.

<{WHOM}>: 550 Unknown user {WHOM}

---- Returned message headers ----
{COPY}
""", sender="Postmaster@carrier.example"), "failed", "5.0.0", WHOM),
    "a mobile carrier, in Japanese": (in_words("メールが配信できませんでした", f"""\
次の宛先へメールを配信できませんでした。
宛先不明のため、お届けできません。

宛先：{WHOM}
Unknown user

送信したメール
{COPY}
""", sender="mailer-daemon@carrier.example", charset="iso-2022-jp"), "failed", "", WHOM),
    "a provider, in Japanese, delayed": (in_words("配信遅延のお知らせ", f"""\
{WHOM} 宛のメールはまだ配信できていません。
サーバーは引き続き再送を試みます。再送の必要はありません。

Message-ID: {OURS}
""", sender="postmaster@provider.example", charset="shift_jis"), "delayed", "", WHOM),
    "a groupware, in Japanese, mailbox full": (in_words("配信エラー", f"""\
ユーザーのメールボックスの容量が超過しているため、届けられませんでした。
  宛先: <{WHOM}>
  応答: 552 5.2.2 Mailbox full

-------- 元のメールのヘッダー --------
{COPY}
""", sender="postmaster@vendor.example", charset="euc-jp", Return_Path="<>"), "failed", "5.2.2", WHOM),
}  # fmt: skip
