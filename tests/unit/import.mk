# unit tests of src/import
