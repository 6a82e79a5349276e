oidc, portal = client('sso-oidc'), client('sso')
registered, registration_ends = register(oidc)
start = lambda url='START_URL', by=registered: oidc.start_device_authorization(startUrl=E[url], **by)
poll = lambda device, by=registered: oidc.create_token(grantType=DEVICE_GRANT, deviceCode=device['deviceCode'], **by)
refresh = lambda token: oidc.create_token(grantType='refresh_token', refreshToken=token['refreshToken'], **registered)


def shape(answer):
    """The members of an answer that say something."""
    return ' '.join(sorted(name for name in answer if name != 'ResponseMetadata'))


def signed_in(url='START_URL', by=registered):
    device = start(url, by)
    approve(device['verificationUriComplete'])
    return poll(device, by)


# Registration and the device code grant.
case('a client', lambda: round((registration_ends - time.time()) / 86_400))
case('a confidential client', lambda: oidc.register_client(clientName='boto3', clientType='confidential'))
case('a scope that is none', lambda: oidc.register_client(
    clientName='boto3', clientType='public', scopes=['sso:everything']))
case('an address on the net', lambda: oidc.register_client(
    clientName='boto3', clientType='public', grantTypes=['authorization_code', 'refresh_token'],
    redirectUris=['http://example.com/']))
case('a grant that is none', lambda: oidc.register_client(
    clientName='boto3', clientType='public', grantTypes=['password']))
case('an unknown client', lambda: start(by={'clientId': 'none', 'clientSecret': 'none'}))
case('an unknown start URL', lambda: oidc.start_device_authorization(startUrl='https://none.awsapps.com/start', **registered))
device = start()
case('a device', lambda: shape(device))
case('nobody has decided', lambda: poll(device))
case('the page', lambda: approve(device['verificationUriComplete']))
time.sleep(device['interval'] + 0.1)
token = poll(device)
case('a token', lambda: shape(token))
case('a device code that was used', lambda: poll(device))
slow = start('SLOW_START_URL')
case('nobody has decided yet', lambda: poll(slow))
case('too soon', lambda: poll(slow))
denied = start()
case('the page, denied', lambda: approve(denied['verificationUriComplete'], 'deny'))
case('somebody said no', lambda: poll(denied))
other, _ = register(oidc)
case("another client's device", lambda: poll(start(), other))
case('a grant without a word of it', lambda: oidc.create_token(grantType='password', **registered))
case('a grant that is not registered', lambda: oidc.create_token(
    grantType='authorization_code', code='none', redirectUri='http://127.0.0.1/', codeVerifier='none', **registered))
for name in ('DENYING', 'EXPIRED', 'FAILING', 'THROTTLED', 'UNAVAILABLE', 'TRUNCATED', 'DROPPED'):
    case(f'OIDC: {name}', lambda: shape(client('sso-oidc', name).register_client(
        clientName='boto3', clientType='public')))

# The portal.
of = lambda **more: {'accessToken': token['accessToken'], **more}
pages = lambda: portal.get_paginator('list_accounts').paginate(**of(), PaginationConfig={'PageSize': 1})
case('accounts', lambda: ' '.join(account['accountName'] for account in portal.list_accounts(**of())['accountList']))
case('accounts by the page', lambda: [[one['accountId'] for one in page['accountList']] for page in pages()])
case('a page that is none', lambda: portal.list_accounts(**of(nextToken='none')))
roles = lambda account: ' '.join(role['roleName'] for role in portal.list_account_roles(**of(accountId=account))['roleList'])
case('roles', lambda: roles(ACCOUNT))
case("somebody else's account", lambda: roles('333344445555'))
case('an account that is not there', lambda: roles('999988887777'))
role = lambda name, **more: portal.get_role_credentials(**of(roleName=name, accountId=ACCOUNT, **more))['roleCredentials']
arn = lambda name: re.sub('_[0-9a-f]{16}/', '_0/', who(client('sts', **keys(role(name)))))
case("a role's credentials", lambda: arn('Admin'))
case('a role for an hour', lambda: round((role('Admin')['expiration'] / 1000 - time.time()) / 3600))
case('a role that is not assigned', lambda: role('Owner'))
case('an account number that is none', lambda: portal.list_account_roles(**of(accountId='1')))
case('a token that is none', lambda: portal.list_accounts(accessToken='none'))
for name in ('DENYING', 'EXPIRED', 'THROTTLED', 'FAILING', 'UNAVAILABLE', 'TRUNCATED', 'DROPPED'):
    case(f'portal: {name}', lambda: client('sso', name).list_accounts(**of()))

# A token's later life.
first = token
token = refresh(first)
case('a token that was refreshed', lambda: roles(ACCOUNT))
case('a refresh token that was used', lambda: refresh(first))
case('what came of it', lambda: roles(ACCOUNT))
token = signed_in()
case('signed in again', lambda: roles(ACCOUNT))
case('logged out', lambda: portal.logout(**of())['ResponseMetadata']['HTTPStatusCode'])
case('a token after that', lambda: roles(ACCOUNT))
case('a refresh token after that', lambda: refresh(token))
