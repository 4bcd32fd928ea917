"""The designer (プロセス設計): pages and a JSON API on which analysts and administrators change processes."""
