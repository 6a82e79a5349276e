KEY = {'aws_access_key_id': E['KEY_ID'], 'aws_secret_access_key': E['SECRET']}
iam = client('iam', **KEY)

# A user's own keys.
user = iam.get_user()['User']
case('a user', lambda: f"{user['UserName']} {user['Arn']}")
listed = lambda: ' '.join(key['Status'] for key in iam.list_access_keys()['AccessKeyMetadata'])
case('one key', listed)
second = iam.create_access_key()['AccessKey']
second_sts = client('sts', **keys({**second, 'SessionToken': None}))
case('a second key', lambda: f"{second['UserName']} {second['Status']}")
case('what it is good for', lambda: who(second_sts))
case('a third key', lambda: iam.create_access_key(UserName='alice'))
used = iam.get_access_key_last_used(AccessKeyId=second['AccessKeyId'])
last = used['AccessKeyLastUsed']
case('its last use', lambda: f"{last['ServiceName']} {last['Region']} {used['UserName']}")
status = lambda answer: answer['ResponseMetadata']['HTTPStatusCode']
update = lambda word: status(iam.update_access_key(AccessKeyId=second['AccessKeyId'], Status=word))
case('out of use', lambda: update('Inactive'))
case('an inactive key', lambda: who(second_sts))
case('both keys', listed)
delete = lambda: status(iam.delete_access_key(AccessKeyId=second['AccessKeyId']))
case('deleted', delete)
case('deleted twice', delete)
case("somebody else's keys", lambda: iam.list_access_keys(UserName='bob'))
case('a status that is none', lambda: update('Asleep'))

# Sessions, and what goes wrong.
sts = client('sts', **KEY)
count = lambda by: len(by.list_access_keys()['AccessKeyMetadata'])
case('a session without MFA', lambda: count(client('iam', **keys(sts.get_session_token()['Credentials']))))
mfa = {'SerialNumber': E['MFA_SERIAL'], 'TokenCode': totp(E['MFA_SEED'])}
case('a session with MFA', lambda: count(client('iam', **keys(sts.get_session_token(**mfa)['Credentials']))))
case('a wrong secret', lambda: count(client('iam', aws_access_key_id=E['KEY_ID'], aws_secret_access_key='wrong')))
for name in ('DENYING', 'THROTTLED', 'FAILING', 'UNAVAILABLE', 'DROPPED'):
    case(name, lambda: count(client('iam', name, **KEY)))
