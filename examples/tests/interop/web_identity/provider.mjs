// An OIDC provider on `oidc-provider`, the library for Node: people say who they are, and that is who they are. It prints
// its address, which is the issuer, and the keys that it publishes, a line each, and answers until it is stopped.
//
// Its clients are named by their algorithm; `elsewhere` is one more.

import { generateKeyPairSync } from "node:crypto";
import { createServer } from "node:http";

const { Provider } = await import(`${process.env.MODULES}/oidc-provider/lib/index.js`);

const key = (alg, type, options) => {
  const jwk = generateKeyPairSync(type, options).privateKey.export({ format: "jwk" });
  return { ...jwk, alg, kid: `the ${alg} one`, use: "sig" };
};
const client = (name, alg) => ({
  client_id: name,
  application_type: "native",
  grant_types: ["authorization_code"],
  id_token_signed_response_alg: alg,
  redirect_uris: ["http://127.0.0.1/callback"],
  response_types: ["code"],
  token_endpoint_auth_method: "none",
});

const server = createServer().listen(0, "127.0.0.1", async () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [client("RS256", "RS256"), client("ES256", "ES256"), client("elsewhere", "RS256")],
    cookies: { keys: ["made up for a test"] },
    enabledJWA: { idTokenSigningAlgValues: ["RS256", "ES256"] },
    findAccount: (context, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
    jwks: { keys: [key("RS256", "rsa", { modulusLength: 2048 }), key("ES256", "ec", { namedCurve: "P-256" })] },
    ttl: { IdToken: 3600 },
  });
  server.on("request", provider.callback());
  const { jwks_uri } = await (await fetch(`${issuer}/.well-known/openid-configuration`)).json();
  const keys = await (await fetch(jwks_uri)).text();
  console.log(issuer);
  console.log(keys);
});
