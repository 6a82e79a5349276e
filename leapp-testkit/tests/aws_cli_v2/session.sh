#!/bin/bash
# Runs in a network and mount namespace of its own: AWS's names lead to loopback, and there is nothing else.
# session.sh SERVER WORLD CLICK: the program, its world file, and the script that goes through the pages.
set -eu
ip link set lo up
echo "127.0.0.1 localhost oidc.eu-west-1.amazonaws.com portal.sso.eu-west-1.amazonaws.com" \
    "sts.eu-west-1.amazonaws.com sts.amazonaws.com" > hosts
mount --bind hosts /etc/hosts
echo "links: $(ip -o link | cut -d' ' -f2 | tr -d '\n')"
echo "routes: $(ip route | wc -l)"

"$1" serve --world "$2" --port 443 --tls --ca-file "$PWD/ca.pem" > environment 2> requests.log &
server=$!
trap 'kill "$server"; wait "$server"' EXIT
for _ in $(seq 100); do
    grep -qs LEAPP_TESTKIT_PID environment && break
    sleep 0.1
done
export AWS_CA_BUNDLE=$PWD/ca.pem

for profile in legacy session; do
    # Without the file of the login before: what that says would be taken for this one.
    rm -rf "$HOME/.aws/sso" login
    PYTHONUNBUFFERED=1 /usr/bin/aws sso login --no-browser --profile $profile > login 2>&1 &
    login=$!
    for _ in $(seq 300); do
        grep -qs 'user_code=' login && break
        sleep 0.1
    done
    url=$(grep -o 'https://[^ ]*user_code=[A-Z-]*' login)
    /usr/bin/python3 "$3" "$url" carol "carol's own"
    wait $login
    echo "$profile login: $(tail -n 1 login)"
    echo "$profile url: ${url%%=*}"
    echo "$profile identity: $(/usr/bin/aws sts get-caller-identity --profile $profile --query Arn --output text)"
    cp -r "$HOME/.aws/sso/cache" "cache-$profile"
    /usr/bin/aws sso logout --profile $profile
    if said=$(/usr/bin/aws sts get-caller-identity --profile $profile 2>&1); then said="accepted"; fi
    echo "$profile after: $said" | tr '\n' ' '
    echo
done
