package libtorrent_test

import (
	"bufio"
	"go/ast"
	"go/build"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"strings"
	"testing"
)

// What Elementum uses of this package, symbol by symbol: testdata/elementum.txt, which
// testdata/listing_from_contract.py made.
func TestHasEverySymbolOfTheContract(t *testing.T) {
	pkg, fset := checkedPackage(t)
	listing, err := os.Open("testdata/elementum.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer listing.Close()
	symbols := 0
	for lines := bufio.NewScanner(listing); lines.Scan(); symbols++ {
		name, want, found := strings.Cut(lines.Text(), "\t")
		if !found {
			t.Fatalf("not a symbol and its signature: %q", lines.Text())
		}
		if wrong := compare(pkg, fset, strings.TrimPrefix(name, "lt."), want); wrong != "" {
			t.Errorf("%s: %s", name, wrong)
		}
	}
	if symbols < 254 {
		t.Errorf("the listing has %d symbols, want 254 at the least", symbols)
	}
}

// checkedPackage type-checks this package's own files, those that SWIG made included.
func checkedPackage(t *testing.T) (*types.Package, *token.FileSet) {
	t.Helper()
	here, err := build.ImportDir(".", 0)
	if err != nil {
		t.Fatal(err)
	}
	fset := token.NewFileSet()
	var parsed []*ast.File
	for _, name := range append(here.GoFiles, here.CgoFiles...) {
		file, err := parser.ParseFile(fset, name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		parsed = append(parsed, file)
	}
	config := types.Config{FakeImportC: true, Importer: standardLibrary{importer.ForCompiler(fset, "source", nil)}}
	pkg, err := config.Check(here.ImportPath, fset, parsed, nil)
	if err != nil {
		t.Fatal(err)
	}
	return pkg, fset
}

// standardLibrary leaves out what is imported for its side effects alone, and would need a C compiler to check.
type standardLibrary struct{ types.Importer }

func (s standardLibrary) Import(path string) (*types.Package, error) {
	if path != "runtime/cgo" {
		return s.Importer.Import(path)
	}
	empty := types.NewPackage(path, "cgo")
	empty.MarkComplete()
	return empty, nil
}

// compare says how the symbol is not what the listing wants; empty if it is.
func compare(pkg *types.Package, fset *token.FileSet, name, want string) string {
	name, method, isMethod := strings.Cut(name, ".")
	object := pkg.Scope().Lookup(name)
	if object == nil {
		return "is not there"
	}
	kind, rest, _ := strings.Cut(want, " ")
	switch {
	case isMethod:
		found, _, _ := types.LookupFieldOrMethod(object.Type(), true, pkg, method)
		if found == nil {
			return "is not there"
		}
		return compareTypes(pkg, fset, found.Type(), want)
	case kind == "type":
		if _, ok := object.(*types.TypeName); !ok {
			return "is no type"
		}
		return ""
	case kind == "const":
		if _, ok := object.(*types.Const); !ok {
			return "is no constant"
		}
		return compareTypes(pkg, fset, object.Type(), rest)
	case kind == "var":
		if _, ok := object.(*types.Var); !ok {
			return "is no variable"
		}
		return compareTypes(pkg, fset, object.Type(), rest)
	}
	if _, ok := object.(*types.Func); !ok {
		return "is no function"
	}
	return compareTypes(pkg, fset, object.Type(), want)
}

func compareTypes(pkg *types.Package, fset *token.FileSet, got types.Type, want string) string {
	wanted, err := types.Eval(fset, pkg, token.NoPos, want)
	if err != nil {
		return err.Error()
	}
	if !types.Identical(got, wanted.Type) {
		return "is " + types.TypeString(got, types.RelativeTo(pkg)) + ", want " + want
	}
	return ""
}
