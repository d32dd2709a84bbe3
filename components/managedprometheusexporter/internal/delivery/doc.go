// Package delivery takes records out of the write-ahead log and brings their samples to the endpoint, each series in order,
// many series in parallel.
//
//	Append ─▶ log ─▶ dispatcher ─▶ shards ─▶ endpoint
//	                     │            │
//	                   books      checkpoint
//
// The dispatcher is the only reader of the log. It gives each sample to the shard its series' hash names; a shard has one
// request in flight, so the samples of a series arrive in the order they were appended. A shard that cannot send keeps its
// few batches, the dispatcher waits for it, and the rest waits in the log: an outage costs disk, not memory.
//
// A sample is identified by its ordinal: how many samples were appended to the log before it. The checkpoint holds, per
// shard, the ordinal up to which the shard is done (every sample of it below that was delivered or dropped) and the one up
// to which the request in flight goes. After a crash the shard begins there, and cuts its first request at exactly that
// place: what is repeated is one request per shard, the same one.
//
// Locks are taken in this order, where more than one is: append lock of the log, Books.
package delivery
