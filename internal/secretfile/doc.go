// Package secretfile reads files that hold secrets or certificates and notices their changes.
//
// Contents decide, never time stamps, inodes or notifications: a file that is written in place, renamed over,
// removed and created again, or reached through a swapped symbolic link is noticed alike, and a file that is
// written anew with the same content is not.
package secretfile
