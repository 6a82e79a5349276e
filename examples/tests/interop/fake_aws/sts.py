KEY = {'aws_access_key_id': E['KEY_ID'], 'aws_secret_access_key': E['SECRET']}
sts = client('sts', **KEY)


def arn(answer):
    return answer['AssumedRoleUser']['Arn']


def assume(role='Deploy', by=sts, **more):
    return by.assume_role(RoleArn=ROLE + role, RoleSessionName='session', **more)


# Who is asking.
case('a user', lambda: who(sts))
case('a wrong secret', lambda: who(client('sts', aws_access_key_id=E['KEY_ID'], aws_secret_access_key='wrong')))
case('an unknown key', lambda: who(client('sts', aws_access_key_id='AKIAI44QH8DHBEXAMPLE', aws_secret_access_key='any')))
case('a session token that belongs to no key', lambda: who(client('sts', aws_session_token='none', **KEY)))
expired = client('sts', 'EXPIRED_ON_ARRIVAL', **KEY).get_session_token()['Credentials']
case('an expired set', lambda: who(client('sts', 'EXPIRED_ON_ARRIVAL', **keys(expired))))
case('a clock ten minutes behind', lambda: who(client('sts', 'AHEAD', **KEY)))
for name in ('DENYING', 'EXPIRED', 'THROTTLED', 'FAILING', 'UNAVAILABLE', 'TRUNCATED', 'DOUBLED', 'CUT_SHORT', 'DROPPED'):
    case(name, lambda: who(client('sts', name, **KEY)))
impatient = boto3.client('sts', endpoint_url=E['SILENT'], config=Config(read_timeout=1), **KEY)
case('SILENT', lambda: who(impatient))
url = sts.generate_presigned_url('get_caller_identity', HttpMethod='GET')
open_url = lambda url: re.search('<Arn>(.*)</Arn>', urllib.request.urlopen(url).read().decode()).group(1)
case('a presigned URL', lambda: open_url(url))
case('a presigned URL that was changed', lambda: open_url(url.replace('X-Amz-Expires=3600', 'X-Amz-Expires=3601')))

# GetSessionToken, and what it may do.
own = sts.get_session_token()['Credentials']
own_sts = client('sts', **keys(own))
case('a session', lambda: who(own_sts))
case('a session asks for a session', lambda: own_sts.get_session_token())
code = totp(E['MFA_SEED'])
mfa = lambda **more: {'SerialNumber': E['MFA_SERIAL'], 'TokenCode': code, **more}
case('MFA', lambda: who(client('sts', **keys(sts.get_session_token(**mfa())['Credentials']))))
case('a code that was used', lambda: sts.get_session_token(**mfa()))
case('a wrong code', lambda: sts.get_session_token(**mfa(TokenCode=wrong_code(E['MFA_SEED']))))
case('a device that is not there', lambda: sts.get_session_token(**mfa(SerialNumber=f'arn:aws:iam::{ACCOUNT}:mfa/none')))
case('a session of more than 36 hours', lambda: sts.get_session_token(DurationSeconds=129_601))

# AssumeRole.
deploy = assume(DurationSeconds=7200)
deploy_sts = client('sts', **keys(deploy['Credentials']))
case('a role', lambda: arn(deploy))
case('a role session', lambda: who(deploy_sts))
case('a role for two hours', lambda: round((deploy['Credentials']['Expiration'].timestamp() - time.time()) / 3600))
case('a role that trusts somebody else', lambda: assume('Foreign'))
case('a role that asks for MFA', lambda: assume('Guarded'))
other = {'SerialNumber': E['OTHER_MFA_SERIAL'], 'TokenCode': totp(E['OTHER_MFA_SEED'])}
case('a role that is given MFA', lambda: arn(assume('Guarded', **other)))
case('an external id', lambda: arn(assume('Partner', ExternalId='customer:42')))
case('no external id', lambda: assume('Partner'))
case('a wrong external id', lambda: assume('Partner', ExternalId='customer:43'))
case('longer than the role allows', lambda: assume(DurationSeconds=43_201))
case('a chain of an hour', lambda: arn(assume('Next', deploy_sts, DurationSeconds=3600)))
case('a chain of more than an hour', lambda: assume('Next', deploy_sts, DurationSeconds=3601))
case('a session policy', lambda: assume(Policy='{"Statement": []}')['PackedPolicySize'] > 0)
case('a policy that is no JSON', lambda: assume(Policy='{"Statement": '))
case('a policy ARN that is none', lambda: assume(PolicyArns=[{'arn': 'arn:aws:iam::aws:ReadOnlyAccess'}]))
tags = [{'Key': str(number), 'Value': 'v' * 256} for number in range(9)]
case('tags', lambda: 0 < assume(Tags=tags[:1])['PackedPolicySize'] <= 100)
case('more tags than there is room for', lambda: assume(Tags=tags))
case('a tag twice', lambda: assume(Tags=[{'Key': key, 'Value': 'v'} for key in ('Team', 'team')]))
case('a source identity', lambda: assume(SourceIdentity='alice')['SourceIdentity'])
case('a session name with a space', lambda: sts.assume_role(RoleArn=ROLE + 'Deploy', RoleSessionName='a b'))

# AssumeRoleWithSAML and AssumeRoleWithWebIdentity, which need no key.
anyone = client('sts')
saml = lambda response, role=E['SAML_ROLE']: anyone.assume_role_with_saml(
    RoleArn=role, PrincipalArn=E['SAML_PROVIDER'], SAMLAssertion=response)
web = lambda token: anyone.assume_role_with_web_identity(
    RoleArn=E['WEB_ROLE'], RoleSessionName='ci', WebIdentityToken=token)
case('nobody', lambda: who(anyone))
case('a SAML response', lambda: who(client('sts', **keys(saml(E['SAML_RESPONSE'])['Credentials']))))
case('what SAML said', lambda: ' '.join(saml(E['SAML_RESPONSE'])[name] for name in ('Subject', 'SubjectType', 'Audience')))
case('a SAML response for another role', lambda: saml(E['SAML_RESPONSE'], ROLE + 'Deploy'))
case('a SAML response that was changed', lambda: saml(E['SAML_DAMAGED']))
case('an old SAML response', lambda: saml(E['SAML_OLD']))
case('a SAML login that failed', lambda: saml(E['SAML_REJECTED']))
case('what is no SAML response', lambda: saml(base64.b64encode(b'<a/>').decode()))
case('a web identity', lambda: who(client('sts', **keys(web(E['WEB_TOKEN'])['Credentials']))))
case('what the token said', lambda: ' '.join(web(E['WEB_TOKEN'])[name] for name in ('SubjectFromWebIdentityToken', 'Audience')))
case("another key's web identity", lambda: web(E['WEB_DAMAGED']))
case('an old web identity', lambda: web(E['WEB_OLD']))
case('a subject that is not trusted', lambda: web(E['WEB_STRANGER']))
case('what is no web identity', lambda: web('one.two.three'))

# The others.
federate = lambda by, **more: by.get_federation_token(Name='guest', **more)
case('a federated user', lambda: who(client('sts', **keys(federate(sts)['Credentials']))))
case('a federated user asks for a role', lambda: assume(by=client('sts', **keys(federate(sts)['Credentials']))))
case('a role session federates', lambda: federate(deploy_sts))
info = lambda key_id: sts.get_access_key_info(AccessKeyId=key_id)['Account']
case("a key's account", lambda: info(E['KEY_ID']))
case("an unknown key's account", lambda: info('AKIAI44QH8DHBEXAMPLE'))
