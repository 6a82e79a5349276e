CACHED = os.path.expanduser(f"~/.aws/sso/cache/{hashlib.sha1(b'corp').hexdigest()}.json")


def profile(name):
    """Who a profile is; what a role of the portal has after its name is left out."""
    arn = who(boto3.Session(profile_name=name).client('sts', config=CONFIG))
    return re.sub('_[0-9a-f]{16}/', '_0/', arn)


def guarded(code):
    """The profile that asks for an MFA code, with a person who types this one."""
    session = boto3.Session(profile_name='guarded')
    session._session.get_component('credential_provider').get_provider('assume-role')._prompter = lambda _: code
    return who(session.client('sts', config=CONFIG))


def cached(**changed):
    """Changes the token in the cache."""
    with open(CACHED) as file:
        token = json.load(file)
    with open(CACHED, 'w') as file:
        json.dump({**token, **changed}, file)


for name in ('alice', 'deploy', 'chain', 'partner', 'foreign', 'ci', 'ci-old'):
    case(name, lambda: profile(name))
case('guarded', lambda: guarded(totp(E['OTHER_MFA_SEED'])))
case('guarded, wrong code', lambda: guarded(wrong_code(E['OTHER_MFA_SEED'])))
for name in ('portal', 'portal-legacy', 'portal-forbidden'):
    case(name, lambda: profile(name))
cached(expiresAt=iso(time.time() - 60))
case('an expired token is refreshed', lambda: profile('portal'))
client('sso').logout(accessToken=json.load(open(CACHED))['accessToken'])
case('logged out', lambda: profile('portal'))
cached(expiresAt=iso(time.time() - 60))
case('an expired token that cannot be refreshed', lambda: profile('portal'))
