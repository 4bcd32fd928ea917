"""What lies beside the evidence of a case, for whoever has nothing but it."""

from __future__ import annotations

from typing import Final

COMMAND: Final = (
    "openssl cms -verify -binary -inform PEM -in SHA256SUMS.p7s -content SHA256SUMS "
    "-CAfile certificate.pem -partial_chain -purpose any -out /dev/null && sha256sum -c SHA256SUMS"
)
TEXT: Final = (
    """案件 %(number)s の証跡一式

この ZIP には、案件について保存されているすべて（書類の全版、送受信したメール、回答と様式、手続きの図と通った経路、
経過、操作記録）が入っています。ポータルがなくても確かめられます。

1. 展開したフォルダで次を実行します。どのファイルも「OK」となれば、署名のときから変わっていません。

   """
    + COMMAND
    + """

2. certificate.pem が認定機関のものであることは、機関に指紋を問い合わせて確かめてください。

   openssl x509 -in certificate.pem -noout -fingerprint -sha256

3. Nintei があれば、操作記録の連鎖もまとめて確かめられます。

   nintei audit verify-evidence ファイル.zip

trail/entries.jsonl の各行は操作記録の1件です。trail/marks.txt は、その最初の1件から署名された末尾
（trail/head.txt）までの連鎖です。計算のしかたは docs/audit.md にあります。


Evidence of case %(number)s

This ZIP file holds everything that is kept of the case: each version of each document, mails as they were sent and
came in, answers and forms, the diagrams and the path through them, the timeline, and the audit record. It is verified
without any portal.

1. Unpack it, and run this in its folder. When every file is "OK", nothing has changed since it was signed.

   """
    + COMMAND
    + """

2. Ask the certifying body for the fingerprint of its certificate, and compare.

   openssl x509 -in certificate.pem -noout -fingerprint -sha256

3. Where Nintei is at hand, the chain of the audit record is verified, too.

   nintei audit verify-evidence FILE.zip

Each line of trail/entries.jsonl is an entry of the audit record; trail/marks.txt is the chain from the first of them to
the end that was signed (trail/head.txt). docs/audit.md says how it is computed.
"""
)
