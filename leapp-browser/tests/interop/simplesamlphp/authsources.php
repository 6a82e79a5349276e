<?php
// Who may log in, and what is said of them.

$attribute = 'https://aws.amazon.com/SAML/Attributes/';
$config = [
    'people' => [
        'exampleauth:UserPass',
        'alice:' . getenv('PASSWORD') => [
            'uid' => ['alice'],
            $attribute . 'Role' => json_decode(getenv('ROLES')),
            $attribute . 'RoleSessionName' => ['alice@example.com'],
            $attribute . 'SessionDuration' => ['7200'],
        ],
    ],
];
