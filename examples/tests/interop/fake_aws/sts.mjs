const alice = at(STSClient, undefined, { credentials: KEY });
const anyone = at(STSClient);
const assume = (role, more = {}, by = alice) =>
  by.send(new sts.AssumeRoleCommand({ RoleArn: ROLE + role, RoleSessionName: "session", ...more }));

await of("a user", () => who(alice));
await of("a wrong secret", () => who(at(STSClient, undefined, { credentials: { ...KEY, secretAccessKey: "wrong" } })));
await of("an unknown key", () => who(at(STSClient, undefined, { credentials: { ...KEY, accessKeyId: "AKIAI44QH8DHBEXAMPLE" } })));
for (const name of ["DENYING", "EXPIRED", "THROTTLED", "FAILING", "UNAVAILABLE", "TRUNCATED", "DOUBLED", "DROPPED"]) {
  await of(name, () => who(at(STSClient, name, { credentials: KEY })));
}
// The client learns the service's time from the refusal.
const behind = at(STSClient, "AHEAD", { credentials: KEY });
await of("a clock ten minutes behind", () => who(behind));
await of("a clock that was corrected", () => who(behind));

const code = totp(E.MFA_SEED);
const mfa = () => alice.send(new sts.GetSessionTokenCommand({ SerialNumber: E.MFA_SERIAL, TokenCode: code }));
await of("MFA", async () => whoWith(set((await mfa()).Credentials)));
await of("a code that was used", mfa);

const deploy = await assume("Deploy");
const deployed = at(STSClient, undefined, { credentials: set(deploy.Credentials) });
await of("a role", () => deploy.AssumedRoleUser.Arn);
await of("a role session", () => who(deployed));
await of("a role that trusts somebody else", () => assume("Foreign"));
await of("an external id", async () => (await assume("Partner", { ExternalId: "customer:42" })).AssumedRoleUser.Arn);
await of("no external id", () => assume("Partner"));
await of("a chain of an hour", async () => (await assume("Next", { DurationSeconds: 3600 }, deployed)).AssumedRoleUser.Arn);
await of("a chain of more than an hour", () => assume("Next", { DurationSeconds: 3601 }, deployed));
await of("a policy that is no JSON", () => assume("Deploy", { Policy: '{"Statement": ' }));
const tags = [..."123456789"].map((Key) => ({ Key, Value: "v".repeat(256) }));
await of("more tags than there is room for", () => assume("Deploy", { Tags: tags }));
await of("a tag twice", () => assume("Deploy", { Tags: ["Team", "team"].map((Key) => ({ Key, Value: "v" })) }));

const saml = (SAMLAssertion) =>
  anyone.send(new sts.AssumeRoleWithSAMLCommand({ RoleArn: E.SAML_ROLE, PrincipalArn: E.SAML_PROVIDER, SAMLAssertion }));
await of("a SAML response", async () => whoWith(set((await saml(E.SAML_RESPONSE)).Credentials)));
await of("a SAML response that was changed", () => saml(E.SAML_DAMAGED));
await of("an old SAML response", () => saml(E.SAML_OLD));
await of("a SAML login that failed", () => saml(E.SAML_REJECTED));
const web = (WebIdentityToken) =>
  anyone.send(new sts.AssumeRoleWithWebIdentityCommand({ RoleArn: E.WEB_ROLE, RoleSessionName: "ci", WebIdentityToken }));
await of("a web identity", async () => whoWith(set((await web(E.WEB_TOKEN)).Credentials)));
await of("another key's web identity", () => web(E.WEB_DAMAGED));
await of("an old web identity", () => web(E.WEB_OLD));
const federate = (by) => by.send(new sts.GetFederationTokenCommand({ Name: "guest" }));
await of("a federated user", async () => whoWith(set((await federate(alice)).Credentials)));
await of("a role session federates", () => federate(deployed));
await of("a key's account", async () => (await alice.send(new sts.GetAccessKeyInfoCommand({ AccessKeyId: E.KEY_ID }))).Account);
