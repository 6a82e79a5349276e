"""Goes through the pages of a login as a person does: signs in, reads the question, allows it.

click.py URL USER PASSWORD
"""

import http.cookiejar
import re
import sys
import urllib.parse
import urllib.request
import html
import os
import ssl

url, user, password = sys.argv[1:]
trust = ssl.create_default_context(cafile=os.environ["AWS_CA_BUNDLE"])
browser = urllib.request.build_opener(
    urllib.request.ProxyHandler({}),
    urllib.request.HTTPSHandler(context=trust),
    urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()),
)


def send(page_url, fields=None):
    data = urllib.parse.urlencode(fields).encode() if fields else None
    with browser.open(page_url, data, timeout=10) as answer:
        return answer.url, answer.read().decode()


def form_of(page_url, page):
    return urllib.parse.urljoin(page_url, html.unescape(re.search('action="([^"]*)"', page)[1]))


at, page = send(url)
assert "Sign in" in page, page
at, page = send(form_of(at, page), {"user": user, "password": password})
assert "Authorization requested" in page, page
token = re.search('name="form_token" value="([^"]*)"', page)[1]
at, page = send(form_of(at, page), {"form_token": token, "decision": "allow"})
assert "Request approved" in page, page
