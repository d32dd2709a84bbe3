package accesskeyauthextension

// The container image is built from scratch and holds no CA bundle. These roots, pinned by go.mod,
// are used only where the host has none.
import _ "golang.org/x/crypto/x509roots/fallback"
