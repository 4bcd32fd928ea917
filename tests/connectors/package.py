"""The CCUS package as these tests read it, and contexts to render it with."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from app.connectors.qr import qr

ROOT = Path(__file__).parents[2] / "bpmn"
PACKAGE = ROOT / "ccus_api_certification"


def files() -> dict[str, bytes]:
    """Everything of the package and the skeletons, by path."""
    own = {path.relative_to(PACKAGE).as_posix(): path.read_bytes() for path in PACKAGE.rglob("*") if path.is_file()}
    shared = {path.relative_to(ROOT).as_posix(): path.read_bytes() for path in (ROOT / "_shared").rglob("*")}
    return own | shared


@dataclass(frozen=True)
class Source:
    """A mail or document template, header and body apart."""

    header: Mapping[str, Any]
    body: str
    subject: str = ""
    title: str = ""
    filename: str = ""
    attachments: tuple[str, ...] = field(default=())


def source(text: str) -> Source:
    """Header between +++ lines, then the body."""
    head, _, body = text.removeprefix("+++\n").partition("\n+++\n")
    header = tomllib.loads(head)
    return Source(
        header,
        body,
        header.get("subject", ""),
        header.get("title", ""),
        header.get("filename", ""),
        tuple(header.get("attachments", ())),
    )


def mails() -> dict[str, Source]:
    return {path.stem: source(path.read_text("utf-8")) for path in sorted((PACKAGE / "mail").glob("*.md"))}


def documents() -> dict[str, Source]:
    return {path.stem: source(path.read_text("utf-8")) for path in sorted((PACKAGE / "pdf").glob("*.html"))}


COMPANY = {
    "name": "株式会社東亜エンジニアリング・システムズ・インテグレーション北関東",
    "kana": "カブシキガイシャトウアエンジニアリング",
    "corporate_number": "7000012050002",
    "postal_code": "3300063",
    "address": "埼玉県さいたま市浦和区高砂三丁目15番1号 浦和ステーションプラザビルディング11階",
    "representative": "髙橋 﨑太郎",
    "representative_title": "代表取締役社長",
    "department": "建設ソリューション事業部 第二開発部",
    "contact_name": "渡邊 葵",
    "delivery_name": "",
    "delivery_postal_code": "3300063",
    "delivery_address": "埼玉県さいたま市浦和区高砂三丁目15番1号 浦和ステーションプラザビルディング11階",
    "email": "aoi.watanabe@toa.example",
    "phone": "048-000-1234",
}
BODY = {
    "name": "一般財団法人 認定機構（見本）",
    "department": "API連携認定事務局",
    "postal_code": "1050001",
    "address": "東京都港区虎ノ門四丁目0番0号（見本）",
    "phone": "03-0000-0000",
    "email": "nintei@body.example",
    "president": "理事長　見本 太郎",
    "registration_number": "T0000000000000",
}
BANK = {
    "name": "見本銀行",
    "code": "0001",
    "branch": "虎ノ門支店",
    "branch_code": "002",
    "type": "普通",
    "number": "0000000",
    "holder": "イツパンザイダンホウジン ニンテイキコウ",
}
TASK_URL = "https://nintei.example/tasks/4f2c"
CASE_URL = "https://nintei.example/cases/2026-0042"


def full(**changed: Any) -> dict[str, Any]:
    """A context in which everything is there."""
    cards = [
        {
            "serial": f"CT-2026-{n:04}",
            "uid": f"04A1B2C3D4{n:02X}80",
            "set_title": "テスト用ICカード",
            "due_back": date(2027, 5, 21),
        }
        for n in range(1, 4)
    ]
    answers = {
        "company_profile": {"company_name": COMPANY["name"], "billing_same": True},
        "first_review": {"outcome": "passed", "reason": ""},
        "second_review": {
            "outcome": "passed",
            "reason": "セキュリティ要件のうち、通信の暗号化に関する記載が確認できませんでした。\n"
            "運用体制図に、障害時の連絡先の記載がありませんでした。",
        },
        "exam__operator": {
            "item_1": "passed",
            "item_2": "passed",
            "item_3": "passed",
            "item_4": "passed",
            "item_5": "failed",
            "item_6": "passed",
            "examined_on": "2027-02-16",
            "mend_by": "2027-03-31",
            "remarks": "通信断からの復帰後、未送信の履歴が画面に残り続ける事象を確認しました。",
        },
        "audit__operator": {
            "audit_outcome": "minor",
            "audited_on": "2027-05-14",
            "auditor": "監査 花子",
            "remarks": "記録は整っており、担当者への聞き取りでも手順の理解が確認できました。",
            "findings": [
                {
                    "severity": "minor",
                    "finding": "アクセスログの保存期間が規程に定められていない。",
                    "mend_by": "2027-05-31",
                },
                {
                    "severity": "minor",
                    "finding": "鍵管理責任者の変更履歴が台帳に残っていない。",
                    "mend_by": "2027-05-31",
                },
            ],
        },
        "submit_audit_materials": {"audit_place": "埼玉県さいたま市浦和区高砂三丁目15番1号 11階 会議室A"},
        "submit_production_and_listing": {"listing_name": "TOA入退場マネージャー"},
        "settle_withdrawal": {
            "cards_state": "outstanding",
            "fees_state": "kept",
            "contracts_state": "nda_only",
            "note": "初期費用は返金の対象外であることをご説明し、ご了承いただきました。",
        },
        "receive_application": {"contact_name": "渡邊 葵", "email": "aoi.watanabe@toa.example"},
    }
    context: dict[str, Any] = {
        "package": {"title": "就業履歴データ登録標準API連携認定", "id": "ccus_api_certification"},
        "case": {
            "number": "2026-0042",
            "system_name": "TOA入退場マネージャー",
            "applied_on": date(2026, 11, 20),
            "url": CASE_URL,
        },
        "company": COMPANY,
        "body": BODY,
        "bank": BANK,
        "settings": {"body": BODY, "bank": BANK},
        "answers": answers,
        "task": {"title": "書類提出", "url": TASK_URL, "due": date(2026, 12, 4)},
        "links": {"entry": "https://nintei.example/enter/eyJ0eXAi", "case": CASE_URL},
        "comments": [
            {"where": "財務諸表", "text": "直近2期分をご提出ください。"},
            {"where": "電話番号", "text": "番号が1桁足りません。"},
        ],
        "invoice": {
            "number": "INV-2026-0042-1",
            "title": "就業履歴データ登録標準API連携認定 初期費用",
            "issued_on": date(2026, 12, 21),
            "due_on": date(2027, 1, 20),
            "amount": 300_000,
            "tax_rate": 10,
            "tax": 30_000,
            "total": 330_000,
            "paid": 0,
            "balance": 330_000,
        },
        "booking": {
            "title": "認定試験",
            "date": date(2027, 2, 16),
            "start": "13:00",
            "end": "16:00",
            "attempt": 1,
            "place": "オンライン（接続方法は認定試験の資料に記載）",
        },
        "cards": cards,
        "labels": [
            {"serial": card["serial"], "case_number": "2026-0042", "set_title": card["set_title"], "batch": "260901"}
            for card in cards
        ],
        "certificate": {
            "number": "CCUS-API-2027-0007",
            "issued_on": date(2027, 6, 11),
            "valid_until": date(2028, 6, 10),
            "edition": 1,
            "url": "https://nintei.example/systems/CCUS-API-2027-0007",
            "qr": qr("https://nintei.example/systems/CCUS-API-2027-0007"),
        },
        "shipment": {"carrier": "yamato", "tracking_number": "1234-5678-9012", "sent_on": "2027-01-12"},
        "data": {
            "outcome": "passed",
            "review_outcome": "passed",
            "exam_attempt": 1,
            "annual": False,
            "exam_fee_due": True,
        },
        "key": {
            "component": "3F2A 91C0 7D44 B6E8 0A5C 12FF 6B93 E1D7",
            "kcv": "8D1F2A",
            "file_kcv": "C07E55",
            "reference": "2026-0042-test",
            "number": 1,
            "recipient": "情報セキュリティ部長　鈴木 一郎",
            "public_key": "9f3c" * 16,
        },
        "today": date(2026, 11, 22),
        "payment": {"paid_on": date(2027, 1, 12), "amount": 330_000, "payer": "カ）トウア"},
        "receipt": {
            "title": "書類提出",
            "number": "2026-0042-17",
            "sent_at": datetime(2026, 11, 22, 1, 30, tzinfo=UTC),
            "sender": "渡邊 葵",
            "on_behalf_of": COMPANY["name"],
            "lines": [{"label": "財務諸表", "section": "", "text": "財務諸表.pdf"}],
            "files": [{"title": "財務諸表", "name": "財務諸表.pdf", "size": 123_456, "digest": "9f3c" * 16}],
        },
        "message": "サーバ構成図について教えてください。\n【1】冗長化の有無　【2】設置場所",
    }
    return context | changed


def sparse() -> dict[str, Any]:
    """A context in which almost nothing is there: a case at its first step, before anyone answered."""
    return {
        "package": {"title": "認定"},
        "case": {"number": "2026-0001", "system_name": ""},
        "company": {"name": None},
        "body": {},
        "bank": {},
        "settings": {},
        "answers": {},
        "task": None,
        "links": {},
        "comments": [],
        "invoice": None,
        "booking": {},
        "cards": [],
        "certificate": None,
        "shipment": {},
        "data": {},
        "today": date(2026, 11, 22),
    }
