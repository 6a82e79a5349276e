<?php
// SimpleSAMLphp as an identity provider, at whatever port it is asked at. Read from the environment: STATE, the folder
// with its key, where it may write; PASSWORD, of everybody; ROLES, as JSON; SIGN_IN, where responses go.

$state = getenv('STATE') . '/';
$config = [
    'baseurlpath' => 'http://' . $_SERVER['HTTP_HOST'] . '/',
    'metadatadir' => __DIR__ . '/metadata/',
    'certdir' => $state,
    'datadir' => $state,
    'loggingdir' => $state,
    'tempdir' => $state,
    'logging.handler' => 'errorlog',
    'secretsalt' => 'made up for a test',
    'auth.adminpassword' => getenv('PASSWORD'),
    'enable.saml20-idp' => true,
    'module.enable' => ['core' => true, 'exampleauth' => true, 'saml' => true],
    'metadata.sources' => [['type' => 'flatfile']],
    'session.phpsession.savepath' => $state,
    // Plain HTTP: a cookie for HTTPS alone, or for other sites, would not come back.
    'session.cookie.secure' => false,
    'session.cookie.samesite' => null,
];
