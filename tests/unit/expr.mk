# unit tests of src/expr
