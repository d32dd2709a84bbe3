// Package placeholder recognises the examples that documents print in the place of real values: those of ours, those of the
// service's guide and the usual ones. It knows shapes, not values: a random AccessKey pair or URL has none of them.
package placeholder
