module fathom

go 1.21
