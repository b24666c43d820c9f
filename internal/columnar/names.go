package columnar

// names is a column of the names of small numbers. It remembers the codes of the first few.
type names[T ~int32] struct {
	column *textColumn
	name   func(T) string
	known  [8]int32 // code+1, 0 when unknown
}

// put sets entry i to the name of v.
func (n *names[T]) put(i int, v T) {
	if uint32(v) >= uint32(len(n.known)) { // Negative ones are large.
		n.column.putText(i, n.name(v))
		return
	}
	if n.known[v] == 0 {
		n.known[v] = n.column.code(n.name(v)) + 1
	}
	n.column.put(i, n.known[v]-1)
}

// reset forgets all codes.
func (n *names[T]) reset() { clear(n.known[:]) }
