"""What a crisis is: frozen records, the file reader, the documents, the draws."""
