// Package diagnosis turns what was seen of a destination into its likely cause and what to do about it, in words for people.
//
// Sources: the troubleshooting table of "Import data by remote write" in the help of Managed Service for Prometheus, the error
// codes of Simple Log Service, which stores its V2 instances, and the remote write specifications. Where a code is documented
// for Simple Log Service only, another service may mean something else by it: the cause is called likely, and the answer itself
// is shown beside it. A remedy says what to do, and never what becomes of samples: only the queue knows that.
package diagnosis
