// An account of Understudy's for as long as a function runs.

import { randomUUID } from "node:crypto";

const { UNDERSTUDY_URL, UNDERSTUDY_TOKEN, UNDERSTUDY_RUN } = process.env;
const run = UNDERSTUDY_RUN || `node:${randomUUID()}`;

async function understudy(method, path, body) {
  const answer = await fetch(`${UNDERSTUDY_URL}/api/v1${path}`, {
    method,
    headers: {
      authorization: `Bearer ${UNDERSTUDY_TOKEN}`,
      "content-type": "application/json",
      prefer: "wait=60",
    },
    body: body && JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}

/** Calls `use` with the credentials, and gives the account back however that ends. */
export async function withAccount(services, use) {
  const account = await understudy("POST", "/accounts", { services, run, ttl: "15m" });
  try {
    if (account.state !== "active") throw new Error(`the account is ${account.state}`);
    return await use(account.credentials);
  } finally {
    await understudy("DELETE", `/accounts/${account.id}`);
  }
}
