// An identity provider on `samlp`, the library: whoever comes is logged in. It prints its address and its metadata, a
// line each, and answers until it is stopped. `/response` signs the response, `/assertion` the assertion in it.

import { createRequire } from "node:module";

const require = createRequire(`${process.env.MODULES}/`);
const express = require("express");
const samlp = require("samlp");
const { ACCEPTOR, CERTIFICATE, ISSUER, KEY, NAME_ID, ROLES } = process.env;

const ATTRIBUTE = "https://aws.amazon.com/SAML/Attributes/";
const claims = {
  [`${ATTRIBUTE}Role`]: JSON.parse(ROLES),
  [`${ATTRIBUTE}RoleSessionName`]: "alice@example.com",
  [`${ATTRIBUTE}SessionDuration`]: "7200",
  "urn:oid:2.5.4.3": "Älice & <Bob> \"the\" 'second'",
};
function Profile() {
  this.getClaims = () => claims;
  this.getNameIdentifier = () => ({
    nameIdentifier: NAME_ID,
    nameIdentifierFormat: "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent",
  });
}
Profile.prototype.metadata = [];

const answering = (signResponse) =>
  samlp.auth({
    issuer: ISSUER,
    cert: CERTIFICATE,
    key: KEY,
    audience: "urn:amazon:webservices",
    recipient: ACCEPTOR,
    destination: ACCEPTOR,
    signatureAlgorithm: "rsa-sha256",
    digestAlgorithm: "sha256",
    signResponse,
    profileMapper: () => new Profile(),
    getUserFromRequest: () => ({}),
    getPostURL: (audience, document, request, done) => done(null, ACCEPTOR),
  });

const app = express();
app.get("/response", answering(true));
app.get("/assertion", answering(false));
app.get("/metadata", samlp.metadata({ issuer: ISSUER, cert: CERTIFICATE, profileMapper: Profile }));
const server = app.listen(0, "127.0.0.1", async () => {
  const address = `http://127.0.0.1:${server.address().port}`;
  const metadata = await (await fetch(`${address}/metadata`)).text();
  console.log(address);
  console.log(JSON.stringify(metadata));
});
