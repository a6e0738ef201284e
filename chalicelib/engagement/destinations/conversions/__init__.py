"""conversions: what people did on the agency's site after a link led them there, such as signing up."""
