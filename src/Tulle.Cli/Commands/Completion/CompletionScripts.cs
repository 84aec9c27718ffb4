namespace Tulle.Cli.Commands.Completion;

/// <summary>
/// The scripts are fixed: they ask <c>tulle __complete WORDS…</c> for candidates, one a line, so that they never go stale.
/// </summary>
internal static class CompletionScripts
{
    private const string Bash = """
        # bash completion for tulle
        _tulle() {
          local IFS=$'\n'
          COMPREPLY=($(tulle __complete "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
          # TYPE/ is continued by a name, a folder by a file.
          [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == */ ]] && compopt -o nospace
          return 0
        }
        complete -o default -F _tulle tulle

        """;

    private const string Zsh = """
        #compdef tulle
        # zsh completion for tulle
        _tulle() {
          local -a candidates
          candidates=("${(@f)$(tulle __complete "${(@)words[2,CURRENT]}" 2>/dev/null)}")
          if [[ -n "${candidates[1]}" ]]; then compadd -a candidates; else _files; fi
        }
        if [[ "$funcstack[1]" == "_tulle" ]]; then _tulle "$@"; else compdef _tulle tulle; fi

        """;

    private const string Fish = """
        # fish completion for tulle
        function __tulle_complete
          set -l words (commandline -opc) (commandline -ct)
          tulle __complete $words[2..] 2>/dev/null
        end
        complete -c tulle -f -a '(__tulle_complete)'
        complete -c tulle -s f -l filename -r -F
        complete -c tulle -l file -r -F
        complete -c tulle -l kubeconfig -r -F

        """;

    public static string Of(string shell) => shell switch
    {
        "bash" => Bash,
        "zsh" => Zsh,
        _ => Fish,
    };
}
