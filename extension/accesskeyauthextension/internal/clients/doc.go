// Package clients is the receiving side of the AccessKey authenticator: the set of AccessKey pairs that
// may send to this gateway, and the judgement of an Authorization header against it.
//
// The pairs come from a JSON file, an array with one object per pair:
//
//	[
//	  {"AccessKeyId": "LTAI...", "AccessKeySecret": "..."},
//	  {"AccessKeyId": "LTAI...", "AccessKeySecretHash": "$2b$10$..."},
//	  {"AccessKeyId": "LTAI...", "AccessKeySecretHash": "{SHA256}..."}
//	]
//
// Each entry has exactly one of AccessKeySecret and AccessKeySecretHash; other keys are ignored, so
// that a file written for another tool works. An id may appear several times with different secrets:
// all of them are valid at once, which is how a client rotates without a gap. An empty array is a
// valid file and admits nobody.
//
// A hash is either bcrypt ($2a$, $2b$ or $2y$, as "htpasswd -B" writes it; costs 4 to 14, and the
// secret at most 72 bytes, which is all that bcrypt reads), or {SHA256} followed by the standard base64
// of the SHA-256 digest, which is how LDAP servers spell it (RFC 2307 section 5.3, OpenLDAP
// slapd-pw-sha2):
//
//	printf %s "$SECRET" | openssl dgst -sha256 -binary | base64
//
// An AccessKey secret is random and long, so the fast digest withstands guessing as well as bcrypt
// does; a secret that a person made up needs bcrypt.
//
// Every refusal does the same work whether or not the id exists: the accounts are padded with
// decoys of the same kinds and costs when the file is loaded. Using one bcrypt cost throughout the
// file, and removing old entries after a rotation, keeps that work small.
package clients
