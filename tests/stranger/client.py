#!/usr/bin/env python3
"""A till in another language, written from PROTOCOL.md and /v1/openapi.json alone.

It joins a branch, hands in two ops, hands them in again and is told `duplicate`, pulls the branch's
rows page by page, and proves that till and cloud hold the same. Nothing of Holdfast's own code is
used; the only library beyond Python's own makes Ed25519 signatures.
"""
import argparse
import hashlib
import http.client
import json
import secrets
import struct
import time
import urllib.parse
import uuid

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

MEDIA_TYPE = "application/vnd.holdfast+json"


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def op_hash(op):
    return sha256(b"op1", struct.pack(">Q", len(op)), op)


def link(prev, segment, seq, op):
    return sha256(b"ch1", prev, segment, struct.pack(">Q", seq), op_hash(op))


def uuid7():
    millis = int(time.time() * 1000).to_bytes(6, "big")
    raw = bytearray(millis + secrets.token_bytes(10))
    raw[6] = 0x70 | raw[6] & 0x0F
    raw[8] = 0x80 | raw[8] & 0x3F
    return uuid.UUID(bytes=bytes(raw))


class Till:
    """Keys, identity and the chain of one till that sells nothing but talks like one."""

    def __init__(self, url):
        self.url = urllib.parse.urlsplit(url)
        self.key = Ed25519PrivateKey.generate()
        self.public = self.key.public_key().public_bytes_raw()
        self.till, self.tenant, self.branch = uuid7(), uuid7(), uuid7()
        self.genesis_tenant, self.genesis_branch = self.tenant, self.branch
        self.segment, self.seq = secrets.token_bytes(16), 0
        self.head = sha256(b"gen1", self.tenant.bytes, self.till.bytes, self.public)
        self.token, self.clock = "", 0

    def call(self, method, path, body=None, key="", signed=True):
        """One request, signed over the bytes as sent; (status, headers, answer)."""
        sent = b"" if body is None else json.dumps(body).encode()
        headers = {"accept": MEDIA_TYPE}
        if body is not None:
            headers["content-type"] = MEDIA_TYPE
        if key:
            headers["idempotency-key"] = key
        if signed:
            at = int(time.time() * 1000)
            digest = hashlib.sha256(sent).hexdigest()
            text = "\n".join(["req1", method, path, str(at), key, digest])
            token = f",token={self.token}" if self.token else ""
            sig = self.key.sign(text.encode()).hex()
            headers["authorization"] = f"Holdfast till={self.till},at={at}{token},sig={sig}"
        line = http.client.HTTPConnection(self.url.netloc, timeout=30)
        line.request(method, path, sent, headers)
        answer = line.getresponse()
        said = answer.read()
        assert answer.getheader("content-type") == MEDIA_TYPE, (answer.status, said[:200])
        return answer.status, answer.headers, json.loads(said)

    def ok(self, *what, **how):
        status, _, answer = self.call(*what, **how)
        assert status == 200, (what[:2], status, answer)
        return answer

    def enrol(self, code):
        statement = b"enr1" + self.till.bytes + self.public + code.encode()
        answer = self.ok("POST", "/v1/enrol", {
            "proto": 1, "code": code, "till": str(self.till), "till_name": "stranger",
            "public_key": self.public.hex(), "genesis_tenant": str(self.genesis_tenant),
            "genesis_branch": str(self.genesis_branch), "signature": self.key.sign(statement).hex(),
        }, signed=False)
        self.tenant, self.branch = uuid.UUID(answer["tenant"]), uuid.UUID(answer["branch"])
        self.token = self.ok("POST", "/v1/sync/token", {})["token"]

    def vault(self, kind, touches, body):
        """Makes an op's bytes once and gives it its place in the chain."""
        self.seq += 1
        now = int(time.time() * 1000)
        op = json.dumps({
            "v": 1, "op_id": str(uuid7()), "tenant": str(self.tenant), "branch": str(self.branch),
            "till": str(self.till), "actor": {"operator": str(uuid.UUID(int=0)), "session": None},
            "shift": None, "business_date": time.strftime("%Y-%m-%d"), "hlc": f"{now:012x}:0000",
            "wall_ms": now, "mono_ms": now, "clock_err_ms": None, "touches": touches, "after": [],
            "base": [], "app": "stranger/1", "type": kind, "body": body,
        }).encode()
        self.head = link(self.head, self.segment, self.seq, op)
        return self.seq, self.head, op

    def push(self, prev, first, ops):
        """A run as the cloud takes it: raw op bytes inside, the head signed."""
        statement = (b"run1" + self.genesis_tenant.bytes + self.till.bytes + self.segment
                     + struct.pack(">Q", ops[-1][0]) + ops[-1][1])
        items = [{"seq": seq, "chain": chain.hex(), "op": json.loads(op)} for seq, chain, op in ops]
        return {"proto": 1, "sender": str(self.till), "host_epoch": None, "runs": [{
            "segment": self.segment.hex(), "till": str(self.till), "parent": None, "first_seq": 1,
            "from": first, "prev": prev.hex(), "orphan": False, "items": items,
            "sig": self.key.sign(statement).hex(),
        }]}

    def pull(self, scope):
        rows, cursor, more = [], None, True
        while more:
            at = f"&cursor={cursor}" if cursor else ""
            page = self.ok("GET", f"/v1/sync/pull?scope={scope}&limit=100{at}")
            rows, cursor, more = rows + page["rows"], page["next"], page["more"]
        return rows


def main():
    wanted = argparse.ArgumentParser()
    wanted.add_argument("--url", required=True)
    wanted.add_argument("--code", required=True)
    given = wanted.parse_args()
    till = Till(given.url)
    assert till.ok("GET", "/v1/openapi.json", signed=False)["openapi"].startswith("3.")
    till.enrol(given.code)
    genesis, product = till.head, str(uuid7())
    ops = [
        till.vault("stock_moved_v1", [f"stock:{till.branch}/{product}"], {
            "movement_id": str(uuid7()), "reference": "delivery 1", "movements": [
                {"product_id": product, "kind": "restock", "delta_milli": 7000, "reason": None}]}),
        till.vault("till_incident_v1", [], {
            "kind": "rewind", "words": "a till in another language says hello", "missing": [],
            "noticed_at_ms": int(time.time() * 1000)}),
    ]
    hello = till.ok("POST", "/v1/sync/hello", {
        "proto": 1, "till": str(till.till), "cloud_epoch_seen": None, "app": "stranger/1",
        "heads": [{"segment": till.segment.hex(), "seq": till.seq, "chain": till.head.hex()}]})
    assert till.segment.hex() in hello["unknown"], hello
    batch = till.push(genesis, 1, ops)
    first = till.ok("POST", "/v1/sync/push", batch, key=str(uuid7()))["runs"][0]
    second = till.ok("POST", "/v1/sync/push", batch, key=str(uuid7()))["runs"][0]
    assert [one["outcome"] for one in first["results"]] == ["accepted", "accepted"], first
    assert [one["outcome"] for one in second["results"]] == ["duplicate", "duplicate"], second
    stock = [row["data"] for row in till.pull("stock") if row["id"] == product]
    assert [row["quantity_milli"] for row in stock] == [7000], stock
    counts = till.ok("GET", "/v1/sync/audit")
    assert (counts["ops"], counts["head_seq"]) == (2, till.seq), counts
    assert counts["head_chain"] == till.head.hex(), "the cloud's chain is the one made here"
    print(json.dumps({"joined": str(till.branch), "head": till.head.hex(), "proof": "equal"}))


if __name__ == "__main__":
    main()
