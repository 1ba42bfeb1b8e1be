/*
 * A self-signed certificate for 127.0.0.1 and localhost, valid for a hundred years, with its key.
 * It protects nothing. Made by:
 *   openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 36500 \
 *     -subj '/CN=greyprobe test DNS server' -addext 'subjectAltName=IP:127.0.0.1,DNS:localhost'
 */

export const PRIVATE_KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgLAP+/qwS8Hm2/zjB
ztDp8MU6ePi6scmcQo1k4z15hI2hRANCAAR5ZqHQn7/3Sj9qccwyspcjd02Sy3JC
52THiw2Z6MHegYFfDjOdYwUMNDtptN0sZQxACrZ/pPGKUd8YfWOYDN8x
-----END PRIVATE KEY-----
`;

export const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBuzCCAWGgAwIBAgIUdN8+ize4P4EauKRcvU3V3u31tcYwCgYIKoZIzj0EAwIw
JDEiMCAGA1UEAwwZZ3JleXByb2JlIHRlc3QgRE5TIHNlcnZlcjAgFw0yNjExMjMy
MDI3MDBaGA8yMTI2MTAzMDIwMjcwMFowJDEiMCAGA1UEAwwZZ3JleXByb2JlIHRl
c3QgRE5TIHNlcnZlcjBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABHlmodCfv/dK
P2pxzDKylyN3TZLLckLnZMeLDZnowd6BgV8OM51jBQw0O2m03SxlDEAKtn+k8YpR
3xh9Y5gM3zGjbzBtMB0GA1UdDgQWBBQUH8989QJVRVpYJC60rBQ3FYO6LjAfBgNV
HSMEGDAWgBQUH8989QJVRVpYJC60rBQ3FYO6LjAPBgNVHRMBAf8EBTADAQH/MBoG
A1UdEQQTMBGHBH8AAAGCCWxvY2FsaG9zdDAKBggqhkjOPQQDAgNIADBFAiAMeS/M
KYmiKDHLcgFAgVgHO1omDyHue/glipLZeliOZQIhAJ8t2hyTf/wjn0BGSrXw//Zj
aWmvGehOk2rUI01wICZS
-----END CERTIFICATE-----
`;
