"""What is counted: indicators as data, periods, and which cells the public may not see."""
