import assert from "node:assert/strict";
import test from "node:test";

import { withAccount } from "./understudy.mjs";

test("sign in", () =>
  withAccount(["user-service"], async ({ username, password }) => {
    const answer = await fetch(`${process.env.SANDBOX_URL}/login`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ username, password }),
    });
    assert.deepEqual(await answer.json(), { ok: true });
  }));
