package safetensors

import (
	"maps"
	"slices"
	"strconv"
	"strings"
)

// makeHeader is the JSON of a header, in the order given for the tensors and
// in that of the keys for the metadata. It begins with { and is padded with
// spaces to a multiple of 8 bytes, as the format wants.
func makeHeader(metadata map[string]string, entries []entry) []byte {
	b := []byte{'{'}
	if len(metadata) > 0 {
		b = append(appendString(b, metadataKey), ":{"...)
		for i, key := range slices.Sorted(maps.Keys(metadata)) {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendString(append(appendString(b, key), ':'), metadata[key])
		}
		b = append(b, '}')
	}
	for _, e := range entries {
		if len(b) > 1 {
			b = append(b, ',')
		}
		b = append(appendString(b, e.name), `:{"dtype":"`...)
		b = append(append(b, e.dtype.String()...), `","shape":[`...)
		for i, d := range e.shape {
			if i > 0 {
				b = append(b, ',')
			}
			b = strconv.AppendInt(b, int64(d), 10)
		}
		b = strconv.AppendInt(append(b, `],"data_offsets":[`...), e.begin, 10)
		b = strconv.AppendInt(append(b, ','), e.end, 10)
		b = append(b, "]}"...)
	}
	b = append(b, '}')
	for len(b)%8 != 0 {
		b = append(b, ' ')
	}
	return b
}

// appendString appends a JSON string, escaped as Python's writer does and no
// more. That of encoding/json has changed between versions of Go, and the
// bytes of a file are not to change.
func appendString(b []byte, s string) []byte {
	const hex = "0123456789abcdef"
	b = append(b, '"')
	plain := 0 // where what is not yet appended begins
	for i := range len(s) {
		c := s[i]
		if c >= ' ' && c != '"' && c != '\\' {
			continue
		}
		b = append(b, s[plain:i]...)
		plain = i + 1
		if short := strings.IndexByte("\"\\\b\f\n\r\t", c); short >= 0 {
			b = append(b, '\\', "\"\\bfnrt"[short])
		} else {
			b = append(b, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		}
	}
	return append(append(b, s[plain:]...), '"')
}
