// An identity provider on `samlp`, the library for Node: a person logs in once, and is known by a cookie that ends with
// the browser. It prints its address and its metadata, a line each, and answers until it is stopped.

import { createRequire } from "node:module";
import { randomUUID } from "node:crypto";

const require = createRequire(`${process.env.MODULES}/`);
const express = require("express");
const samlp = require("samlp");
const { CERTIFICATE, ISSUER, KEY, PASSWORD, ROLES, SIGN_IN } = process.env;

const ATTRIBUTE = "https://aws.amazon.com/SAML/Attributes/";
function Profile() {
  this.getClaims = () => ({
    [`${ATTRIBUTE}Role`]: JSON.parse(ROLES),
    [`${ATTRIBUTE}RoleSessionName`]: "alice@example.com",
    [`${ATTRIBUTE}SessionDuration`]: "3600",
  });
  this.getNameIdentifier = () => ({
    nameIdentifier: "alice",
    nameIdentifierFormat: "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent",
  });
}
Profile.prototype.metadata = [];

const respond = samlp.auth({
  issuer: ISSUER,
  cert: CERTIFICATE,
  key: KEY,
  audience: "urn:amazon:webservices",
  recipient: SIGN_IN,
  destination: SIGN_IN,
  signatureAlgorithm: "rsa-sha256",
  digestAlgorithm: "sha256",
  profileMapper: () => new Profile(),
  getUserFromRequest: () => ({}),
  getPostURL: (audience, document, request, done) => done(null, SIGN_IN),
});

const sessions = new Set();
const isKnown = (request) => sessions.has(/session=([^;]+)/.exec(request.headers.cookie ?? "")?.[1]);
const FORM =
  '<form method="post" action="/login"><input name="username"><input name="password" type="password"><button>Log in</button></form>';

const app = express();
app.get("/app", (request, answer, next) => (isKnown(request) ? respond(request, answer, next) : answer.send(FORM)));
app.post("/login", express.urlencoded({ extended: false }), (request, answer) => {
  const { username, password } = request.body;
  if (username !== "alice" || password !== PASSWORD) return answer.status(403).send(FORM);
  const session = randomUUID();
  sessions.add(session);
  answer.cookie("session", session, { httpOnly: true, sameSite: "lax" }).redirect(303, "/app");
});
app.get("/metadata", samlp.metadata({ issuer: ISSUER, cert: CERTIFICATE, profileMapper: Profile }));
const server = app.listen(0, "127.0.0.1", async () => {
  const address = `http://127.0.0.1:${server.address().port}`;
  const metadata = await (await fetch(`${address}/metadata`)).text();
  console.log(address);
  console.log(JSON.stringify(metadata));
});
