import base64, hashlib, hmac, http.cookiejar, json, os, re, time
import urllib.error, urllib.parse, urllib.request
import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

E = os.environ
ACCOUNT = '111122223333'
ROLE = f'arn:aws:iam::{ACCOUNT}:role/'
DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code'
CONFIG = Config(connect_timeout=10, read_timeout=10)


def case(name, call):
    """Prints how a call ended: the answer, or the class of the error with its code and status."""
    try:
        ended, found = 'ok', call()
    except ClientError as error:
        status = error.response['ResponseMetadata']['HTTPStatusCode']
        ended, found = type(error).__name__, f"{error.response['Error']['Code']} {status}"
    except urllib.error.HTTPError as error:
        code = re.search('<Code>(.*)</Code>', error.read().decode()).group(1)
        ended, found = 'HTTPError', f'{code} {error.code}'
    except Exception as error:
        ended, found = type(error).__name__, '-'
    print(name, ended, found, sep='\t')


def client(service, endpoint='AWS_ENDPOINT_URL', **more):
    return boto3.client(service, endpoint_url=E[endpoint], config=CONFIG, **more)


def keys(of):
    """Arguments for a client with a set that STS or the portal gave out."""
    get = lambda name: of.get(name, of.get(name[0].lower() + name[1:]))
    return {
        'aws_access_key_id': get('AccessKeyId'),
        'aws_secret_access_key': get('SecretAccessKey'),
        'aws_session_token': get('SessionToken'),
    }


def who(sts):
    return sts.get_caller_identity()['Arn']


def totp(seed, steps=0):
    """What a device with this seed shows, so many steps of thirty seconds from now: RFC 6238."""
    step = int(time.time()) // 30 + steps
    mac = hmac.digest(base64.b32decode(seed), step.to_bytes(8, 'big'), 'sha1')
    cut = int.from_bytes(mac[mac[-1] & 15:][:4], 'big') & 0x7fffffff
    return f'{cut % 10**6:06}'


def wrong_code(seed):
    """A code that the device does not show around now."""
    shown = [totp(seed, steps) for steps in range(-4, 5)]
    return next(code for code in map('{:06}'.format, range(10)) if code not in shown)


def approve(url, decision='allow', user='alice', password='correct horse'):
    """A person opens the page, signs in and decides."""
    jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
    browser = urllib.request.build_opener(jar)
    send = lambda form: browser.open(url, urllib.parse.urlencode(form).encode()).read().decode()
    page = send({'user': user, 'password': password})
    form_token = re.search('name="form_token" value="([^"]+)"', page).group(1)
    return re.search('<title>(.*)</title>', send({'form_token': form_token, 'decision': decision})).group(1)


def register(oidc):
    answer = oidc.register_client(
        clientName='boto3', clientType='public', scopes=['sso:account:access'],
        grantTypes=[DEVICE_GRANT, 'refresh_token'])
    return {name: answer[name] for name in ('clientId', 'clientSecret')}, answer['clientSecretExpiresAt']


def iso(seconds):
    return time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime(seconds))


def cache(named, token, registered, registration_ends, expires_at):
    """Writes a token as `aws sso login` does; the name is the session's, or the start URL of an old profile."""
    folder = os.path.expanduser('~/.aws/sso/cache')
    with open(f'{folder}/{hashlib.sha1(named.encode()).hexdigest()}.json', 'w') as file:
        json.dump({
            'startUrl': E['START_URL'], 'region': 'eu-west-1',
            'accessToken': token['accessToken'], 'refreshToken': token['refreshToken'],
            'expiresAt': iso(expires_at), 'registrationExpiresAt': iso(registration_ends), **registered,
        }, file)
