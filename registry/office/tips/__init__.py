"""Case work on reports by the public: everything but day, kind and state is sealed."""
