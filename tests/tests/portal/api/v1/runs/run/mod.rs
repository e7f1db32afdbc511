mod keep;
