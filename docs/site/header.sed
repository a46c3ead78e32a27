# The headers as Doxygen reads them (sed -E). A member with a plain comment, or one that begins "Private", is hidden.
s|^( .*;) */[*] (.*) [*]/$|\1 /**< @private \2 */|
s|/[*][*]< Private[.:]|/**< @private|
# Links to what is not a header.
s|GUARANTEES\.md, G([0-9]+)|[&](@ref G\1)|g
s|docs/([a-z-]+)\.md|[&](@ref guide_\1)|g
# A status leads to its meaning, except in code and where a list of results names it.
/^ \*     |@retval/!{
/^ \* |^\/\*\*/s/([^A-Za-z_#`])(TA_(OK|MORE|E_[A-Z_]+))\b/\1#\2/g
}
