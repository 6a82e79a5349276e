const authority = at(SSOOIDCClient);
const { clientId, clientSecret } = await authority.send(new oidc.RegisterClientCommand({
  clientName: "javascript", clientType: "public", scopes: ["sso:account:access"], grantTypes: [DEVICE_GRANT, "refresh_token"],
}));
const start = (url, by = { clientId, clientSecret }) =>
  authority.send(new oidc.StartDeviceAuthorizationCommand({ startUrl: E[url] ?? url, ...by }));
const create = (more) => authority.send(new oidc.CreateTokenCommand({ clientId, clientSecret, ...more }));
const poll = ({ deviceCode }) => create({ grantType: DEVICE_GRANT, deviceCode });
const refresh = ({ refreshToken }) => create({ grantType: "refresh_token", refreshToken });

await of("an unknown client", () => start("START_URL", { clientId: "none", clientSecret: "none" }));
await of("an unknown start URL", () => start("https://none.awsapps.com/start"));
const slow = await start("SLOW_START_URL");
await of("nobody has decided", () => poll(slow));
await of("too soon", () => poll(slow));
const denied = await start("START_URL");
await of("the page, denied", () => approve(denied.verificationUriComplete, "deny"));
await of("somebody said no", () => poll(denied));
const device = await start("START_URL");
await of("the page", () => approve(device.verificationUriComplete));
let token = await poll(device);
await of("a token", () => `${token.tokenType} ${token.expiresIn}`);
await of("a device code that was used", () => poll(device));
await of("a grant that is none", () => create({ grantType: "password" }));
for (const name of ["DENYING", "EXPIRED", "THROTTLED", "FAILING", "UNAVAILABLE", "TRUNCATED", "DROPPED"]) {
  await of(`OIDC: ${name}`, () => at(SSOOIDCClient, name).send(new oidc.RegisterClientCommand({ clientName: "j", clientType: "public" })));
}

// The authorization code grant with a proof key, as the AWS CLI signs in.
const redirectUri = "http://127.0.0.1:49152/oauth/callback";
const app = await authority.send(new oidc.RegisterClientCommand({
  clientName: "javascript", clientType: "public", scopes: ["sso:account:access"], issuerUrl: E.START_URL,
  grantTypes: ["authorization_code", "refresh_token"], redirectUris: ["http://127.0.0.1/oauth/callback"],
}));
const codeVerifier = "v".repeat(64);
const challenge = createHash("sha256").update(codeVerifier).digest("base64url");
const question = new URLSearchParams({
  response_type: "code", client_id: app.clientId, redirect_uri: redirectUri, state: "s", scopes: "sso:account:access",
  code_challenge: challenge, code_challenge_method: "S256",
});
const consent = async (decision) => {
  const { searchParams, host } = new URL((await decide(`${E.AWS_ENDPOINT_URL}/authorize?${question}`, decision)).headers.get("location"));
  return { host, ...Object.fromEntries(searchParams) };
};
const redeem = (code, more = {}) =>
  create({ clientId: app.clientId, clientSecret: app.clientSecret, grantType: "authorization_code", code, redirectUri, codeVerifier, ...more });
const { code, host, state } = await consent("allow");
await of("the browser comes back", () => `${host} ${state}`);
await of("somebody else's verifier", () => redeem(code, { codeVerifier: "w".repeat(64) }));
await of("another address", () => redeem(code, { redirectUri: "http://127.0.0.1:49153/oauth/callback" }));
await of("a token for a code", async () => (await redeem(code)).tokenType);
await of("a code that was used", () => redeem(code));
await of("the browser comes back with a no", async () => (await consent("deny")).error);

const desk = at(SSOClient);
const ask = (Command, more = {}, client = desk) => client.send(new Command({ accessToken: token.accessToken, ...more }));
const roles = async (accountId) => (await ask(portal.ListAccountRolesCommand, { accountId })).roleList.map((role) => role.roleName);
const role = async (roleName) => (await ask(portal.GetRoleCredentialsCommand, { roleName, accountId: ACCOUNT })).roleCredentials;
await of("accounts by the page", async () => {
  const pages = portal.paginateListAccounts({ client: desk, pageSize: 1 }, { accessToken: token.accessToken });
  const seen = [];
  for await (const page of pages) seen.push(page.accountList.map((account) => account.accountName).join("+"));
  return seen;
});
await of("roles", () => roles(ACCOUNT));
await of("somebody else's account", () => roles("333344445555"));
await of("an account that is not there", () => roles("999988887777"));
await of("a role's credentials", async () => whoWith(set(await role("Admin"))));
await of("a role that is not assigned", () => role("Owner"));
await of("an account number that is none", () => roles("1"));
for (const name of ["DENYING", "EXPIRED", "THROTTLED", "FAILING", "UNAVAILABLE", "TRUNCATED", "DROPPED"]) {
  await of(`portal: ${name}`, () => ask(portal.ListAccountsCommand, {}, at(SSOClient, name)));
}

const first = token;
token = await refresh(first);
await of("a token that was refreshed", () => roles(ACCOUNT));
await of("logged out", async () => (await ask(portal.LogoutCommand)).$metadata.httpStatusCode);
await of("a token after that", () => roles(ACCOUNT));
await of("a refresh token after that", () => refresh(token));
