// Package safetensors reads and writes the safetensors container, the file
// format that models are kept in. Python opens it with
// safetensors.numpy.load_file.
//
//	bytes 0 to 8      n, the length of the header: uint64, little-endian
//	bytes 8 to 8+n    the header: a JSON object in UTF-8, padded with spaces
//	the rest          the tensors: little-endian, row-major, without gaps
//
// The header has one member per tensor, and at most one of texts:
//
//	{"__metadata__": {"model_kind": "sets"},
//	 "w": {"dtype": "F64", "shape": [2,3], "data_offsets": [0,48]}}
//
// Offsets count bytes from the end of the header, the second one past the
// tensor. A shape of [] is a single number; a dimension may be 0.
//
// Of the dtypes of the format the package has those of 64 bits: F64, I64 and
// U64. It reads what comes from anywhere: a hostile or damaged file is a typed
// error that names the tensor, memory follows the bytes that were read and not
// what a header says, and Limits bound it. Read is stricter than the Python
// library, which keeps the last of two tensors of one name and ignores fields
// it does not know; nothing that Python's parser rejects is accepted.
//
// # Checksums
//
// WriteTo adds two checksums to the metadata, and Read takes them out again
// after checking them. Files without them, as other programs write them, are
// read all the same, unless Limits.RequireChecksums is set.
//
//	payload_sha256    of everything after the header
//	header_sha256     of the header that WriteTo makes of the names, types,
//	                  shapes, offsets and metadata, before it adds this member
//
// The second is of what the header says and not of its bytes, because Python
// orders the metadata at random: a program that saves the same tensors with
// the same metadata keeps both checksums true. One that changes the tensors or
// the metadata must leave them out. They are against damage, not against
// malice: whoever changes a file can change them as well.
package safetensors
