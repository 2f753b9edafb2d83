document.getElementById("auto-submit").submit();
