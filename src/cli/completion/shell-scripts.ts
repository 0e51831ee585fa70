/** The shells that can be taught. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const
/** A shell that can be taught. */
export type Shell = (typeof SHELLS)[number]

/** What stands alone on a line where a file is wanted. */
export const FILES_MARK = ':files'

const BASH = `# bash completion of daxd:  source <(daxd completion bash)
_daxd() {
  local word="\${COMP_WORDS[COMP_CWORD]}" lines line
  lines="$(daxd complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)"
  COMPREPLY=()
  if [[ "$lines" == '${FILES_MARK}' ]]; then
    compopt -o default
    return
  fi
  while IFS= read -r line; do
    line="\${line%%$'\\t'*}"
    [[ -n "$line" && "$line" == "$word"* ]] && COMPREPLY+=("$line")
  done <<<"$lines"
}
complete -F _daxd daxd
`

const ZSH = `#compdef daxd
# zsh completion of daxd:  source <(daxd completion zsh), or as _daxd in a folder of $fpath
_daxd() {
  local -a lines entries
  local line
  lines=("\${(@f)$(daxd complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ "$lines" == '${FILES_MARK}' ]]; then
    _files
    return
  fi
  for line in $lines; do
    entries+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
  done
  _describe daxd entries
}
if [[ "$funcstack[1]" == _daxd ]]; then
  _daxd
else
  compdef _daxd daxd
fi
`

const FISH = `# fish completion of daxd:  daxd completion fish | source
function __daxd_complete
  set -l words (commandline -opc) (commandline -ct)
  set -l lines (daxd complete -- $words[2..-1] 2>/dev/null)
  if test "$lines" = '${FILES_MARK}'
    __fish_complete_path (commandline -ct)
  else
    printf '%s\\n' $lines
  end
end
complete -c daxd -f -a '(__daxd_complete)'
`

/** What a shell reads to complete `daxd`; the words themselves are asked of `daxd complete`. */
export const SCRIPTS: Readonly<Record<Shell, string>> = { bash: BASH, zsh: ZSH, fish: FISH }
