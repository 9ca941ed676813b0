// Package codec writes configuration structs as JSON and reads them back,
// including fields of interface type, whose dynamic type is recorded by a
// registered name:
//
//	{"type": "nn.MLP", "value": {"Hidden": [256], "Dropout": 0.5}}
//
// Any type can be written; only registered ones are made when reading.  Numbers
// that JSON lacks (infinities) are written as strings.
package codec

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"
)

// Codec knows some types by name. It is immutable after New and safe for
// concurrent use.
type Codec struct {
	byName map[string]reflect.Type
}

// UnknownError reports a type that is not registered and so is not made.
type UnknownError struct{ Type string }

func (e *UnknownError) Error() string { return "codec: " + e.Type + " is not a registered type" }

// New returns a codec for the dynamic types of the values given, and pointers
// to them, each under the name that %T prints.
func New(values ...any) *Codec {
	c := &Codec{byName: map[string]reflect.Type{}}
	for _, v := range values {
		t := reflect.TypeOf(v)
		if t.Kind() == reflect.Pointer {
			t = t.Elem()
		}
		c.byName[t.String()] = t
	}
	return c
}

// With returns a codec that knows more types.
func (c *Codec) With(values ...any) *Codec {
	all := New(values...)
	for name, t := range c.byName {
		all.byName[name] = t
	}
	return all
}

// named is the form of a value of interface type.
type named struct {
	Type  string          `json:"type"`
	Value json.RawMessage `json:"value"`
}

// Encode returns the JSON of v.
func (c *Codec) Encode(v any) ([]byte, error) {
	tree, err := c.tree(reflect.ValueOf(v))
	if err != nil {
		return nil, err
	}
	return json.Marshal(tree)
}

// tree turns v into what encoding/json writes as is.
func (c *Codec) tree(v reflect.Value) (any, error) {
	switch v.Kind() {
	case reflect.Interface:
		if v.IsNil() {
			return nil, nil
		}
		name, of := v.Elem().Type().String(), v.Elem()
		if of.Kind() == reflect.Pointer {
			if of.IsNil() {
				return nil, fmt.Errorf("codec: a nil %v", of.Type())
			}
			of = of.Elem()
		}
		tree, err := c.tree(of)
		if err != nil {
			return nil, err
		}
		value, err := json.Marshal(tree)
		return named{name, value}, err
	case reflect.Struct:
		fields := map[string]any{}
		for i := range v.NumField() {
			f := v.Type().Field(i)
			if !f.IsExported() {
				return nil, fmt.Errorf("codec: %v has the unexported field %s", v.Type(), f.Name)
			}
			if v.Field(i).IsZero() {
				continue
			}
			t, err := c.tree(v.Field(i))
			if err != nil {
				return nil, fmt.Errorf("%s: %w", f.Name, err)
			}
			fields[f.Name] = t
		}
		return fields, nil
	case reflect.Slice:
		out := make([]any, v.Len())
		for i := range out {
			t, err := c.tree(v.Index(i))
			if err != nil {
				return nil, err
			}
			out[i] = t
		}
		return out, nil
	case reflect.Float64:
		if x := v.Float(); math.IsInf(x, 0) {
			return strconv.FormatFloat(x, 'g', -1, 64), nil
		} else if math.IsNaN(x) {
			return nil, errors.New("codec: NaN in a configuration")
		}
		return v.Float(), nil
	case reflect.Bool, reflect.String, reflect.Int, reflect.Int64, reflect.Uint64:
		return v.Interface(), nil
	}
	return nil, fmt.Errorf("codec: cannot write a %v", v.Type())
}

// Decode reads the JSON of Encode into what dst points to.
func (c *Codec) Decode(data []byte, dst any) error {
	return c.decode(data, reflect.ValueOf(dst).Elem())
}

func (c *Codec) decode(data []byte, v reflect.Value) error {
	if string(data) == "null" {
		v.SetZero()
		return nil
	}
	switch v.Kind() {
	case reflect.Interface:
		var n named
		if err := json.Unmarshal(data, &n); err != nil {
			return fmt.Errorf("codec: %w", err)
		}
		name, pointer := strings.CutPrefix(n.Type, "*")
		t, ok := c.byName[name]
		if !ok {
			return &UnknownError{n.Type}
		}
		value := reflect.New(t)
		if err := c.decode(n.Value, value.Elem()); err != nil {
			return err
		}
		if !pointer {
			value = value.Elem()
		}
		if !value.Type().AssignableTo(v.Type()) {
			return fmt.Errorf("codec: a %v is not a %v", value.Type(), v.Type())
		}
		v.Set(value)
		return nil
	case reflect.Struct:
		var fields map[string]json.RawMessage
		if err := json.Unmarshal(data, &fields); err != nil {
			return fmt.Errorf("codec: %v: %w", v.Type(), err)
		}
		for name, raw := range fields {
			f, ok := v.Type().FieldByName(name)
			if !ok || !f.IsExported() || len(f.Index) != 1 {
				return fmt.Errorf("codec: %v has no field %q", v.Type(), name)
			}
			if err := c.decode(raw, v.FieldByIndex(f.Index)); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
		}
		return nil
	case reflect.Slice:
		var items []json.RawMessage
		if err := json.Unmarshal(data, &items); err != nil {
			return fmt.Errorf("codec: %v: %w", v.Type(), err)
		}
		v.Set(reflect.MakeSlice(v.Type(), len(items), len(items)))
		for i, raw := range items {
			if err := c.decode(raw, v.Index(i)); err != nil {
				return err
			}
		}
		return nil
	case reflect.Float64:
		var s string
		if json.Unmarshal(data, &s) == nil {
			x, err := strconv.ParseFloat(s, 64)
			if err != nil || !math.IsInf(x, 0) {
				return fmt.Errorf("codec: %q is not an infinity", s)
			}
			v.SetFloat(x)
			return nil
		}
	}
	if err := json.Unmarshal(data, v.Addr().Interface()); err != nil {
		return fmt.Errorf("codec: %w", err)
	}
	return nil
}
