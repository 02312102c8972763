# unit tests of src/sample
