; Adds Holdfast to "Open with" of dumps, without becoming their default, and removes what it added.
!macro customInstall
  WriteRegStr SHCTX "Software\Classes\Holdfast.Dump" "" "Database dump"
  WriteRegStr SHCTX "Software\Classes\Holdfast.Dump\shell\open\command" "" '"$INSTDIR\${APP_EXECUTABLE_FILENAME}" "%1"'
  WriteRegStr SHCTX "Software\Classes\.dump\OpenWithProgids" "Holdfast.Dump" ""
  WriteRegStr SHCTX "Software\Classes\.bak\OpenWithProgids" "Holdfast.Dump" ""
  WriteRegStr SHCTX "Software\Classes\.sql\OpenWithProgids" "Holdfast.Dump" ""
!macroend

!macro customUnInstall
  DeleteRegValue SHCTX "Software\Classes\.dump\OpenWithProgids" "Holdfast.Dump"
  DeleteRegValue SHCTX "Software\Classes\.bak\OpenWithProgids" "Holdfast.Dump"
  DeleteRegValue SHCTX "Software\Classes\.sql\OpenWithProgids" "Holdfast.Dump"
  DeleteRegKey SHCTX "Software\Classes\Holdfast.Dump"
  ; Claimed by the program itself, for the person.
  DeleteRegKey HKCU "Software\Classes\holdfast"
!macroend
