<?php
// Whom it sends people to: AWS, and somebody else who has AWS's address.

foreach (['urn:amazon:webservices', 'urn:example:somebody-else'] as $name) {
    $metadata[$name] = [
        'AssertionConsumerService' => getenv('SIGN_IN'),
        'NameIDFormat' => 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent',
        'simplesaml.nameidattribute' => 'uid',
    ];
}
