import { createHash, createHmac } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";

const E = process.env;
const require = createRequire(`${E.MODULES}/`);
const { STSClient, ...sts } = require("@aws-sdk/client-sts");
const { SSOClient, ...portal } = require("@aws-sdk/client-sso");
const { SSOOIDCClient, ...oidc } = require("@aws-sdk/client-sso-oidc");
const providers = require("@aws-sdk/credential-providers");

const ACCOUNT = "111122223333";
const ROLE = `arn:aws:iam::${ACCOUNT}:role/`;
const DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code";
const KEY = { accessKeyId: E.KEY_ID, secretAccessKey: E.SECRET };

/** Prints how a call ended: the answer, or the error's own name with the status. */
async function of(name, call) {
  let line;
  try {
    line = ["ok", await call()];
  } catch (error) {
    line = [error.name, error.$metadata?.httpStatusCode ?? "-"];
  }
  console.log([name, ...line].join("\t"));
}

/** A client, at the world unless it is to be elsewhere. */
const at = (Client, endpoint = "AWS_ENDPOINT_URL", more = {}) =>
  new Client({ endpoint: E[endpoint], region: "eu-west-1", maxAttempts: 1, ...more });

/** What STS or the portal gave out, as credentials of a client. */
const set = (given) => ({
  accessKeyId: given.AccessKeyId ?? given.accessKeyId,
  secretAccessKey: given.SecretAccessKey ?? given.secretAccessKey,
  sessionToken: given.SessionToken ?? given.sessionToken,
});

const who = async (client) => (await client.send(new sts.GetCallerIdentityCommand({}))).Arn;

/** Who one is with credentials; what a role of the portal has after its name is left out. */
const whoWith = async (credentials) =>
  (await who(at(STSClient, undefined, { credentials }))).replace(/_[0-9a-f]{16}\//, "_0/");

/** What a device with this seed shows now: RFC 6238. */
function totp(seed) {
  const bits = [...seed.replace(/=+$/, "")].map((c) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(c).toString(2).padStart(5, "0"));
  const key = Buffer.from(bits.join("").match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
  const mac = createHmac("sha1", key).update(step).digest();
  const cut = mac.readUInt32BE(mac[19] & 15) & 0x7fffffff;
  return String(cut % 1_000_000).padStart(6, "0");
}

/** A person opens the page, signs in and decides: what the browser is answered then. */
async function decide(url, decision = "allow") {
  const send = (form, cookie) =>
    fetch(url, { method: "POST", redirect: "manual", headers: { cookie }, body: new URLSearchParams(form) });
  const signedIn = await send({ user: "alice", password: "correct horse" }, "");
  const [cookie] = signedIn.headers.get("set-cookie").split(";");
  const page = await (await send({}, cookie)).text();
  const [, form_token] = page.match(/name="form_token" value="([^"]+)"/);
  return send({ form_token, decision }, cookie);
}

const approve = async (url, decision) => (await (await decide(url, decision)).text()).match(/<title>(.*)<\/title>/)[1];
