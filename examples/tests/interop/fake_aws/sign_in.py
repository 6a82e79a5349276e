oidc = client('sso-oidc')
registered, registration_ends = register(oidc)
device = oidc.start_device_authorization(startUrl=E['START_URL'], **registered)
assert approve(device['verificationUriComplete']) == 'Request approved'
token = oidc.create_token(grantType=DEVICE_GRANT, deviceCode=device['deviceCode'], **registered)
for named in ('corp', E['START_URL']):
    cache(named, token, registered, registration_ends, time.time() + token['expiresIn'])
print('signed in')
