const cached = `${E.HOME}/.aws/sso/cache/${createHash("sha1").update("corp").digest("hex")}.json`;
const change = (changed) => writeFileSync(cached, JSON.stringify({ ...JSON.parse(readFileSync(cached)), ...changed }));
const ini = (profile, more = {}) => whoWith(providers.fromIni({ profile, ...more }));

for (const profile of ["alice", "deploy", "chain", "partner", "foreign", "ci", "ci-old"]) {
  await of(`fromIni: ${profile}`, () => ini(profile));
}
await of("fromIni: guarded", () => ini("guarded", { mfaCodeProvider: () => totp(E.OTHER_MFA_SEED) }));
await of("fromIni: guarded, nobody to ask", () => ini("guarded"));
const temporary = (role, more = {}) =>
  whoWith(providers.fromTemporaryCredentials({
    masterCredentials: KEY, params: { RoleArn: ROLE + role, RoleSessionName: "session", ...more }, clientConfig: { region: "eu-west-1" },
  }));
await of("fromTemporaryCredentials", () => temporary("Deploy"));
await of("fromTemporaryCredentials: no external id", () => temporary("Partner"));
const web = (webIdentityToken) => whoWith(providers.fromWebToken({ roleArn: E.WEB_ROLE, roleSessionName: "ci", webIdentityToken }));
await of("fromWebToken", () => web(E.WEB_TOKEN));
await of("fromWebToken: another key's", () => web(E.WEB_DAMAGED));
for (const profile of ["portal", "portal-legacy", "portal-forbidden"]) {
  await of(`fromSSO: ${profile}`, () => whoWith(providers.fromSSO({ profile })));
}
await of("fromIni: portal", () => ini("portal"));
change({ expiresAt: new Date(Date.now() - 60_000).toISOString() });
await of("fromSSO: an expired token is refreshed", () => whoWith(providers.fromSSO({ profile: "portal" })));
await at(SSOClient).send(new portal.LogoutCommand({ accessToken: JSON.parse(readFileSync(cached)).accessToken }));
await of("fromSSO: logged out", () => whoWith(providers.fromSSO({ profile: "portal" })));
