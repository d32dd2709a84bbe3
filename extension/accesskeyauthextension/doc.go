// Package accesskeyauthextension authenticates requests with an Alibaba Cloud AccessKey pair, as
// `accesskey_auth`. It notices a rotated pair by its content, proves a new pair by real traffic, and
// keeps delivering with the previous one while the new one is refused.
package accesskeyauthextension
